#!/usr/bin/env bash
# Engine mnn: how candidates of the three kinds enter, and what is said of those
# that do not.  First against minimnn, an engine of this project's own with the
# registration shape of MNN's; then against MNN itself, if MNN_ROOT and MNN_BUILD
# name a source tree and a build of it.
. "$(dirname "$0")/lib.sh"

realroot=${MNN_ROOT-} realbuild=${MNN_BUILD-}
mini=$top/build/tests/minimnn
"$top/tests/minimnn/build.sh" "$mini" >"$tmp/log" 2>&1 || {
	cat "$tmp/log" >&2
	exit 1
}
checksum() {
	find "$1" "$2" -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum
}

# record OP FILE: a candidate of that text for a task of that operator
record() {
	local shape='[2,3,8]' out='[2,3,8]' attributes='{}'
	[ "$1" != Flatten ] || out='[2,24]'
	jq -nc --arg op "$1" --argjson s "$shape" --argjson o "$out" \
		--argjson a "$attributes" --rawfile t "$2" '{task:{name:($op|ascii_downcase),
		category:"activation",op:$op,domain:"",opset:20,attributes:$a,
		inputs:[{name:"x",dtype:"float",shape:$s}],
		outputs:[{name:"y",dtype:"float",shape:$o}]},request:{engine:"mnn"},
		response:{},candidate:{status:"ok",files:[{name:"kernel.cpp",text:$t}]}}'
}
# built NAME OP FILE FILTER: it compiles or not, as the filter says
built() {
	record "$2" "$3" | status 0 "$1" xcompile
	cp "$tmp/out" "$tmp/built"
	ok "$1: $4" jq -e ".build|$4" "$tmp/built"
}
# ran NAME FILTER: what was built last, run
ran() {
	status 0 "$1" devrun --untimed "$tmp/built"
	cp "$tmp/out" "$tmp/ran"
	ok "$1: $2" jq -e ".run|$2" "$tmp/ran"
}

unique="// $$ $RANDOM"
relu() {
	cat <<-END
	$unique
	#include "backend/cpu/CPUBackend.hpp"
	${3-}
	namespace MNN {
	class Mine : public Execution {
	public:
	    explicit Mine(Backend *b) : Execution(b) {}
	    ErrorCode onExecute(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out) override {
	        $1
	        return NO_ERROR;
	    }
	};
	class MineCreator : public CPUBackend::Creator {
	public:
	    Execution *onCreate(const std::vector<Tensor *> &, const std::vector<Tensor *> &, const Op *, Backend *b) const override {
	        return new Mine(b);
	    }
	};
	$2
	}
	END
}
loop='for (int i = 0; i < in[0]->elementSize(); i++) { float x = in[0]->host<float>()[i]; out[0]->host<float>()[i] = x > 0 ? x : 0; }'
register='REGISTER_CPU_OP_CREATOR(MineCreator, OpType_ReLU);'

# names and sizes of what an object holds
held() {
	nm -S --defined-only "$1" | awk '{print $2, $NF}' | sort
}
# what was built last, compiled once more without its precompiled header, and with
# small pages
precompiled() {
	local args dir
	dir=$MKBENCH_ROOT/$(dirname "$(jq -r .build.artifact "$tmp/built")")
	mapfile -t args < <(jq -r '.build.command|index("-include") as $i|
		(.[:$i]+.[$i+2:-1])[]' "$tmp/built")
	status 0 "$1: without the precompiled header" \
		bash -c 'cd "$0" && exec "$@"' "$dir" "${args[@]}" "$tmp/plain.o"
	held "$dir/kernel.o" >"$tmp/with"
	held "$tmp/plain.o" >"$tmp/without"
	same "$1: is the same code" "$tmp/without" "$tmp/with"
	mapfile -t args < <(jq -r '.build.command[:-1][]' "$tmp/built")
	status 0 "$1: with nothing loaded before the compiler" \
		bash -c 'cd "$0" && exec "$@"' "$dir" "${args[@]}" "$tmp/plain.o"
	objcopy -g "$dir/kernel.o" "$tmp/with"
	objcopy -g "$tmp/plain.o" "$tmp/without"
	ok "$1: is the same object" cmp "$tmp/without" "$tmp/with"
}

atomic() {
	relu "$loop" "$register" >"$tmp/k"
	built "$1: atomic" Relu "$tmp/k" '.status=="ok" and .kind=="atomic" and .mnn.version!=null'
	ran "$1: atomic runs" '.status=="ok" and .verify.failed==0'
	precompiled "$1"
	relu "$loop" '' >"$tmp/k"
	built "$1: no registration" Relu "$tmp/k" '.status=="failed" and (.log|test("kernel.cpp:[0-9]+:1: error: nothing is registered"))'
	relu "$loop" '} REGISTER_CPU_OP_CREATOR(MNN::MineCreator, OpType_ReLU); namespace MNN {' >"$tmp/k"
	built "$1: outside its namespace" Relu "$tmp/k" '.status=="failed" and (.log|test("kernel.cpp:[0-9]+.*error"))'
	relu "$loop" 'REGISTER_CPU_OP_CREATOR(MineCreator, OpType_UnaryOp);' >"$tmp/k"
	built "$1: another type" Relu "$tmp/k" '.status=="failed" and (.log|test("not OpType_ReLU"))'
	relu "$loop" 'REGISTER_CPU_OP_CREATOR(YoursCreator, OpType_ReLU);' >"$tmp/k"
	built "$1: a class that is not there" Relu "$tmp/k" '.status=="failed" and (.log|test("kernel.cpp:[0-9]+:.*YoursCreator"))'
	relu 'static_cast<CPUBackend *>(backend())->fastRelu(in, out);' "$register" >"$tmp/k"
	built "$1: an invented function" Relu "$tmp/k" '.status=="failed" and (.log|test("kernel.cpp:[0-9]+:.*fastRelu"))'
	relu "$loop" "$register" | sed 's/out) override/out, int) override/' >"$tmp/k"
	built "$1: another signature" Relu "$tmp/k" '.status=="failed" and (.log|test("kernel.cpp:[0-9]+:.*override"))'
	relu "$loop" "$register" | sed '/#include/d' >"$tmp/k"
	built "$1: a missing include" Relu "$tmp/k" '.status=="failed" and (.log|test("kernel.cpp:[0-9]+:.*error"))'
	ok "$1: no path of this machine in a log" test 0 = "$(jq -r .build.log "$tmp/built" | grep -c -F -e "$top" -e "$MNN_ROOT")"
	relu 'for (int i = 0; i < in[0]->elementSize(); i++) out[0]->host<float>()[i] = 1;' "$register" >"$tmp/k"
	built "$1: a wrong kernel" Relu "$tmp/k" '.status=="ok"'
	ran "$1: a wrong kernel runs" '.status=="wrong" and .verify.failed>0'
	relu "$loop" "$register" '#include "backend/cpu/CPURelu.hpp"' | sed "s/new Mine(b)/new CPURelu(b$2)/" >"$tmp/k"
	built "$1: the native class" Relu "$tmp/k" '.status=="ok"'
	ran "$1: the native class is a trap" '.status=="crashed" and (.candidate.log|test("native kernel"))'
	relu "$loop" "$register" 'namespace MNN { class CPUReluCreator : public CPUBackend::Creator { public: Execution *onCreate(const std::vector<Tensor *> &, const std::vector<Tensor *> &, const Op *, Backend *) const override; }; }' |
		sed 's/return new Mine(b);/static const CPUReluCreator native; const std::vector<Tensor *> none; return native.onCreate(none, none, nullptr, b);/' >"$tmp/k"
	built "$1: the native creator, declared anew" Relu "$tmp/k" '.status=="ok"'
	ran "$1: it is a trap too" '.status=="crashed" and (.candidate.log|test("native kernel"))'
}

softsign() {
	printf '%s\n#include "OnnxExtraManager.hpp"\n#include <MNN/expr/ExprCreator.hpp>\nnamespace MNN { namespace Express {
	class T : public OnnxExtraManager::Transform { public: EXPRP onExecute(EXPRP e) const override { %s } };
	static auto r = []() { %s return true; }();\n}}\n' "$unique" "$1" "$2"
}
insert() {
	echo "OnnxExtraManager::get()->insert(\"$1\", std::shared_ptr<OnnxExtraManager::Transform>(new T));"
}
composite() {
	softsign "$2" "$(insert Softsign)" >"$tmp/k"
	built "$1: composite" Softsign "$tmp/k" '.status=="ok" and .kind=="composite" and .lint.class!="hack"'
	ran "$1: composite runs" '.status=="ok" and .verify.failed==0'
	softsign "$3" "$(insert Softsign)" >"$tmp/k"
	built "$1: a composite of something else" Softsign "$tmp/k" '.status=="ok"'
	ran "$1: it is its own, and wrong" '.status=="wrong"'
	softsign "static const $4 native; return native.onExecute(e);" "$(insert Softsign)" |
		sed "s/class T/class $4 : public OnnxExtraManager::Transform { public: EXPRP onExecute(EXPRP) const override; }; class T/" >"$tmp/k"
	built "$1: the native transform, declared anew" Softsign "$tmp/k" '.status=="ok"'
	ran "$1: it is a trap" '.status=="wrong" and (.candidate.log|test("native transform"))'
	softsign "$2" '' >"$tmp/k"
	built "$1: a transform that is not inserted" Softsign "$tmp/k" '.status=="failed" and (.log|test("kernel.cpp:.*no transform"))'
	softsign "$2" "$(insert Softsigns)" >"$tmp/k"
	built "$1: one under another name" Softsign "$tmp/k" '.status=="ok"'
	ran "$1: it was not asked" '.status=="wrong" and (.reason|test("was not asked"))'
}

geometry() {
	printf '%s\n#include "geometry/GeometryComputer.hpp"\n%s\nnamespace MNN {
	class G : public GeometryComputer { public: bool onCompute(const Op *op, const std::vector<Tensor *> &in,
	const std::vector<Tensor *> &out, Context &context, CommandBuffer &commands) const override { %s } };
	static void create() { GeometryComputer::registerGeometryComputer(std::shared_ptr<GeometryComputer>(new G), {OpType_Flatten}); }
	%s\n}\n' "$unique" "${3-}" "$1" "$2"
}
geometric() {
	geometry "$2" 'REGISTER_GEOMETRY(G, create);' "${3-}" >"$tmp/k"
	built "$1: geometric" Flatten "$tmp/k" '.status=="ok" and .kind=="geometric"'
	ran "$1: geometric runs" '.status=="ok" and .verify.failed==0'
	geometry "static const $4 native; return native.onCompute(op, in, out, context, commands);" 'REGISTER_GEOMETRY(G, create);' "${3-}
		namespace MNN { class $4 : public GeometryComputer { public: bool onCompute(const Op *, const std::vector<Tensor *> &, const std::vector<Tensor *> &, Context &, CommandBuffer &) const override; }; }" >"$tmp/k"
	built "$1: the native geometry, declared anew" Flatten "$tmp/k" '.status=="ok"'
	ran "$1: it is a trap" '.status=="crashed" and (.candidate.log|test("native kernel"))'
	geometry "$2" 'REGISTER_GEOMETRY(G, create);' "${3-}" |
		sed "s/class G : /void $5(); class G : /; s/const override {/const override { $5();/" >"$tmp/k"
	built "$1: the native registration" Flatten "$tmp/k" '.lint.class=="hack"'
	geometry "$2" '' "${3-}" >"$tmp/k"
	built "$1: an unregistered geometry" Flatten "$tmp/k" '.status=="failed" and (.log|test("nothing is registered: REGISTER_GEOMETRY"))'
	geometry 'return GeometryComputer::search(OpType_Flatten, Runtime::Compiler_Loop)->onCompute(op, in, out, context, commands);' \
		'static const bool early = (create(), true); REGISTER_GEOMETRY(G, create);' "${3-}" >"$tmp/k"
	built "$1: a geometry that looks for another" Flatten "$tmp/k" '.lint.class=="hack"'
}

# tasks that the map has in several nodes: each value once, and before its use
mapfile -t composed < <(jq -r --slurpfile map "$top/mk/engines/maps/mnn.json" '.task as $t |
	$map[0].operators[$t.op] | select(.tasks[$t.name].composed // .composed) | input_filename' \
	"$top"/tasks/*/*.json)
ok 'some tasks are composed' test ${#composed[@]} -gt 0
for f in "${composed[@]}"; do
	status 0 "$(basename "$f" .json): composed" jq -cf "$top/mk/engines/mnn-composed.jq" "$f"
	ok "$(basename "$f" .json): its nodes make the task" jq -e --slurpfile task "$f" '
		($task[0].task) as $t |
		reduce .nodes[] as $n ({known: [$t.inputs[].name, .constants[].name], sound: true};
			([$n.outputs[].name] - [""]) as $made |
			.sound = (.sound and ([$n.inputs[].name] - [""] - .known == []) and ($made - .known == $made)) |
			.known += $made) |
		.sound and ([$t.outputs[].name] - [""] - .known == [])' "$tmp/out"
done

export MNN_ROOT=$top/tests/minimnn MNN_BUILD=$mini
before=$(checksum "$MNN_ROOT" "$mini")
(unset MNN_ROOT; record Relu /dev/null | status 69 'no MNN_ROOT' xcompile; errline 'says what it is' 'MNN_ROOT is not set')
count=$((count + 2))
record Relu /dev/null | MNN_BUILD=$tmp status 69 'no library' xcompile
errline 'it is named' 'libMNN.a.*static library'
atomic mini ''
composite mini 'return _Scaled(e, 1.0f);' 'return _Scaled(e, 2.0f);' OnnxSoftsign
geometric mini 'for (int i = 0; i < in[0]->elementSize(); i++) commands.order.push_back(i); return true;' '' GeometryFlatten ___GeometryFlatten__create__
ok 'mini: tree and build are as they were' test "$before" = "$(checksum "$MNN_ROOT" "$mini")"

if [ -z "$realroot" ] || [ -z "$realbuild" ]; then
	skip 'MNN itself' 'needs MNN_ROOT, a source tree of MNN 3, and MNN_BUILD, its build (man mkbench-mnn)'
else
	export MNN_ROOT=$realroot MNN_BUILD=$realbuild
	before=$(checksum "$MNN_ROOT" "$MNN_BUILD")
	atomic MNN ', 0.0f'
	composite MNN 'auto x = e->inputs()[0]; auto y = _Divide(x, _Add(_Abs(x), _Scalar<float>(1.0f)))->expr().first; y->setName(e->name()); return y;' \
		'auto y = _Abs(e->inputs()[0])->expr().first; y->setName(e->name()); return y;' OnnxSoftsignTransform
	geometric MNN 'auto d = TensorUtils::getDescribe(out[0]); d->memoryType = Tensor::InsideDescribe::MEMORY_VIRTUAL;
		d->regions = {TensorUtils::makeFullSlice(in[0])}; return true;' '#include "core/TensorUtils.hpp"' SingleGeometryComputer ___GeometryReshape___create__
	for f in "${composed[@]}"; do
		# of inputs that are always the same: MNN's Mod is off where a quotient is a bit less than whole
		jq -c . "$f" | status 0 "MNN: $(basename "$f" .json)" devrun -A --untimed -s "$(printf %064d 2)" -e mnn
		ok 'MNN: several nodes are the task' jq -e '.run.status=="ok" and .run.engine_facts.composed!=null' "$tmp/out"
	done
	ok 'MNN: tree and build are as they were' test "$before" = "$(checksum "$MNN_ROOT" "$MNN_BUILD")"
fi
finish
