#!/usr/bin/env bash
# kernel-lint: each rule once where it must speak and once where it must not.
# shellcheck disable=SC2016,SC2086,SC2154
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

# finds NAME WANT TEXT [FILE]: the class and the rules, sorted
finds() {
	printf '%s\n' "$3" >"$tmp/${4-kernel.cc}"
	(cd "$tmp" && kernel-lint -f "${4-kernel.cc}") >"$tmp/said" 2>&1
	{
		tail -1 "$tmp/said"
		sed '$d' "$tmp/said" | sed -E 's/^[^:]*:([0-9]+: )?[^:]*: ([^:]*):.*/\2/' |
			sort -u
	} | tr '\n' ' ' | sed 's/, self-contained//; s/ $//' >"$tmp/got"
	printf '%s' "$2" >"$tmp/want"
	same "$1" "$tmp/want" "$tmp/got"
}

finds 'a plain kernel' clean \
	'float f(const float *x, int n) { float s = 0; for (int i = 0; i < n; i++) s += x[i]; return s; }'
finds 'an absolute header' 'hack path' '#include "/etc/passwd"'
finds 'a header above' 'hack path' '#include "../../x.h"'
finds 'system headers' clean $'#include <vector>\n#include <arm_neon.h>\n#include "kernel.h"'
finds 'a computed header' 'flagged path' $'#define H "kernel.h"\n#include H'
finds 'an embedded file' 'hack path' $'int x[] = {\n#embed "kernel.h"\n};'
finds 'a directive in disguise' 'hack path' '%:include "/etc/passwd"'
finds 'a path in a string' 'hack path' 'const char *p = "/proc/self/maps";'
finds 'a path in two strings' 'hack path' 'const char *p = "/pro" "c/self/maps";'
finds 'a path in a macro' 'hack path' $'#define P open("/proc/self/mem", 0)'
finds 'a path in escapes' 'hack path' 'const char *p = "\57pro\143/self";'
finds 'a slash is no path' clean 'const char *p = "a/b"; const char *q = "/";'
finds 'the domain may be named' clean 'const char *d = "mkbench";'
finds 'an asm directive' 'hack asm' 'void f() { asm(".incbin \"kernel.h\""); }'
finds 'behind an instruction' 'hack asm' 'void f() { asm("nop; .byte 15,5"); }'
finds 'behind a label' 'hack asm' 'void f() { asm("1: .long 0"); }'
finds 'alignment is none' clean 'void f() { asm volatile(".p2align 4\n\tnop"); }'
finds 'instructions' clean 'float f(float x) { asm("sqrtss %0, %0" : "+x"(x)); return x; }'
finds 'a system call' 'hack system' 'void f() { asm volatile("mov $1, %eax\n\tsyscall"); }'
finds 'of ARM' 'hack system' 'void f() { asm volatile("svc #0"); }'
finds 'a cycle counter' 'flagged clock' 'long f() { return __builtin_ia32_rdtsc(); }'
finds 'in a macro' 'flagged clock' $'#define NOW() __rdtsc()'
finds 'in assembly' 'flagged clock' 'void f() { asm("mrs x0, cntvct_el0"); }'
finds 'rounding' 'flagged cpu-state' 'void f() { _mm_setcsr(0x8040); }'
finds 'a constructor' 'flagged constructor' '__attribute__((constructor)) void f(void) {}'
finds 'spelt otherwise' 'flagged constructor' '[[gnu::__constructor__]] void f(void) {}'
finds 'may_alias is no alias' clean 'typedef float v __attribute__((vector_size(16), may_alias));'
finds 'an alias' 'flagged alias' 'void g(void); void f(void) __attribute__((alias("g")));'
finds 'an asm label' 'flagged alias' 'int f(void) __asm__("clock_gettime");'
finds 'a section' 'flagged linker' '__attribute__((section(".text"))) const char c[] = "x";'
finds 'a linker pragma' 'flagged linker' '#pragma weak f'
finds 'fast mathematics' 'flagged optimize' '#pragma GCC optimize("Ofast")'
finds 'by _Pragma' 'flagged optimize' '_Pragma("GCC optimize(\"fast-math\")") int x;'
finds 'by attribute' 'flagged optimize' '__attribute__((optimize("-ffast-math"))) void f(void) {}'
finds 'mild options' clean '#pragma GCC optimize("unroll-loops", "no-math-errno")'
finds 'half precision' 'flagged precision' 'float f(float x) { return (float)(_Float16)x; }'
finds 'a return address' 'flagged harness' 'void *f(void) { return __builtin_return_address(0); }'
finds 'a libc name defined' 'hack interpose' 'int clock_gettime(int a, void *b) { return 0; }'
finds 'its own static function' clean 'static int clock_mine(int a) { return a; }'
finds 'a pointer cache' 'flagged static-cache' \
	'static const float *last; void f(const float *x) { if (x == last) return; last = x; }'
finds 'a content cache' 'flagged static-cache' \
	'static float k[4]; void f(const float *x) { if (!memcmp(x, k, 16)) return; }'
finds 'a call counter' 'flagged call-counter' \
	'void f(void) { static int n; if (n++ > 10) return; }'
finds 'a scratch buffer' clean \
	'static float *s; static int cap; void f(int n) { if (!s || cap < n) { s = g(n); cap = n; } }'
finds 'a constant table' clean \
	'static const float t[] = {1, 2}; int f(const float *x) { return x[0] == t[1]; }'
finds 'a local counter' clean 'void f(int n) { int i = 0; while (i++ < n) g(); }'
finds 'a counter of a loop in a macro with a comment' clean \
	$'#define EACH(T) case T: { \\\n\t/* a word */ \\\n\tconst long n = 9; \\\n\tfor (int i = 0; i < n; i++) \\\n\t\ty[i] = F(x[i]); \\\n\tbreak; \\\n\t}'
finds 'the engine'"'"'s operator' 'flagged, library-assisted engine-operator' \
	'void f(const OrtApi *a) { a->InvokeOp(0, 0, 0, 0, 0, 0); }'
finds 'a session' 'hack engine-session' 'void f(const OrtApi *a) { a->CreateSession(0, 0, 0, 0); }'
finds 'broken text' clean 'int f( { ] ) = 3 +'
finds 'empty text' clean ''

# the library's symbols
lib() {
	printf '%s\n' "$2" >"$tmp/lib.c"
	gcc -w -std=gnu89 -shared -fPIC -O1 -o "$tmp/candidate.so" "$tmp/lib.c" $3 2>"$tmp/err"
	(cd "$tmp" && kernel-lint -f candidate.so) >"$tmp/said" 2>&1
	grep -qE "$1" "$tmp/said"
	result $? "$4" <"$tmp/said"
}
entry='void RegisterCustomOps(void)'
lib '^clean' "$entry { void *p = malloc(3); memcpy(p, p, 1); free(p); double x = exp(sin(2)); printf(\"%g\", x); }" \
	'-lm' 'memory, mathematics and printing are allowed'
lib 'hack: thread: .*pthread_create' "$entry { pthread_create(); }" '' 'a thread'
lib 'hack: file: .*fopen' "$entry { fopen(); }" '' 'a file'
lib 'hack: loader: .*dlopen' "$entry { dlopen(); }" '' 'the loader'
lib 'hack: clock: .*clock_gettime' "$entry { clock_gettime(); }" '' 'a clock'
lib 'hack: blas: .*cblas_sgemm' "$entry { cblas_sgemm(); }" '' 'BLAS'
lib 'hack: engine: .*OrtGetApiBase' "$entry { OrtGetApiBase(); }" '' 'the engine'
lib 'hack: symbol: .*frobnicate' "$entry { frobnicate(); }" '' 'what no list names'
lib 'hack: export: .*malloc' "$entry {} void *malloc(unsigned long n) { return 0; }" '' \
	'a definition for others'
lib 'flag: constructor: .*init_array' "$entry {} __attribute__((constructor)) static void f(void) { puts(\"\"); }" '' \
	'a constructor in the library'
lib '^clean' "$entry { if (__builtin_cpu_supports(\"avx2\")) abort(); }" '' 'but not libgcc'"'"'s'

head -c 200 "$tmp/candidate.so" >"$tmp/short.so"
status 0 'a cut library' kernel-lint -f "$tmp/short.so"
printf '\177ELF\2\1\1' >"$tmp/short.so"
status 0 'a cut header' kernel-lint -f "$tmp/short.so"
ok 'is found out' grep -q 'hack: object' "$tmp/out"
python3 - "$tmp/candidate.so" "$tmp" <<'EOF'
import random, sys
data = open(sys.argv[1], "rb").read()
random.seed(1)
for i in range(40):
    b = bytearray(data)
    for _ in range(30):
        b[random.choice((random.randrange(64), random.randrange(len(b)),
            len(b) - 1 - random.randrange(2000)))] = random.randrange(256)
    open("%s/fuzz.%d.so" % (sys.argv[2], i), "wb").write(b"\x7fELF" + bytes(b)[4:])
EOF
bad=0
for f in "$tmp"/fuzz.*.so; do
	kernel-lint -f "$f" >"$tmp/said" 2>&1 || bad=1
done
[ $bad = 0 ]
result $? 'forty broken libraries are read without a fault' <"$tmp/said"

# as a stage
jq -nc '{task:{op:"Relu"},request:{engine:"ort"},candidate:{status:"ok",
	files:[{name:"kernel.c",text:"int x;\nconst char *p = \"/proc/x\";\n"}]}}' >"$tmp/in"
status 0 'a record' kernel-lint <"$tmp/in"
ok 'has its findings' jq -e '.build.lint | .class=="hack" and .track=="self-contained" and
	(.reason|startswith("path: ")) and (.findings|length)==1 and
	(.findings[0]|.rule=="path" and .class=="hack" and .file=="kernel.c" and .line==2 and
	(.text|contains("/proc/x")) and (.why|length)>0)' "$tmp/out"
jq -c '.candidate.files[0].text = ([range(3000)|"float a\(.) = __rdtsc();"]|join("\n"))' \
	"$tmp/in" | status 0 'three thousand flags' kernel-lint
ok 'are cut' jq -e '.build.lint.findings|length==64' "$tmp/out"
status 65 'no record' kernel-lint <<<'{}'
status 64 'an unknown flag' kernel-lint --nosuch
status 69 'an unknown engine' kernel-lint -e nosuch <"$tmp/in"
status 69 'a missing file' kernel-lint -f "$tmp/nosuch.c"
errline 'is named' 'nosuch.c: No such file'
status 74 'a full disk' sh -c 'exec kernel-lint >/dev/full' <"$tmp/in"
mkdir -p "$tmp/root/mk/engines"
cp "$top/mk/engines/source-words.txt" "$tmp/root/mk/engines/"
printf 'symbol allow - x\nsymbol maybe - y\n' >"$tmp/root/mk/engines/ort-symbols.txt"
MKBENCH_ROOT=$tmp/root status 65 'a list that is wrong' kernel-lint <"$tmp/in"
errline 'is named with its line' 'ort-symbols.txt: line 2: .maybe. is none of'
finish
