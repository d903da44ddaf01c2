#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "elfsym.h"

#define MAXFILE ((size_t)256 << 20)

struct image {
	const char *data;
	size_t len;
	const Elf64_Ehdr *head;
};

static const void *
at(const struct image *im, uint64_t offset, uint64_t n)
{
	if (offset > im->len || n > im->len - offset)
		return NULL;
	return im->data + offset;
}

static const char *
string(const struct image *im, const Elf64_Shdr *strings, uint64_t offset)
{
	const char *s;

	if (offset >= strings->sh_size ||
	    !(s = at(im, strings->sh_offset, strings->sh_size)) ||
	    !memchr(s + offset, '\0', strings->sh_size - offset))
		return NULL;
	return s + offset;
}

static const Elf64_Shdr *
section(const struct image *im, size_t i)
{
	if (i >= im->head->e_shnum ||
	    im->head->e_shentsize != sizeof(Elf64_Shdr))
		return NULL;
	return at(
	    im, im->head->e_shoff + i * sizeof(Elf64_Shdr), sizeof(Elf64_Shdr));
}

static void
add(char ***list, const char *s)
{
	size_t n = 0;

	while (*list && (*list)[n])
		n++;
	if ((n & (n + 1)) == 0 || !*list)
		*list = xreallocarray(*list, 2 * n + 2, sizeof(**list));
	(*list)[n] = xstrdup(s);
	(*list)[n + 1] = NULL;
}

static int
iscode(const struct image *im, const Elf64_Sym *s)
{
	const Elf64_Shdr *in = section(im, s->st_shndx);

	return s->st_shndx != SHN_UNDEF && in && in->sh_flags & SHF_EXECINSTR;
}

static void
symbol(struct elfsym *e, const struct image *im, const Elf64_Sym *s,
    const char *name)
{
	int bind = ELF64_ST_BIND(s->st_info);

	if (ELF64_ST_TYPE(s->st_info) == STT_GNU_IFUNC)
		e->ifuncs++;
	if (bind == STB_LOCAL || !name || !*name)
		return;
	if (iscode(im, s))
		add(bind == STB_WEAK ? &e->weak : &e->functions, name);
	if (s->st_shndx == SHN_UNDEF)
		add(&e->undefined, name);
	else if (ELF64_ST_VISIBILITY(s->st_other) == STV_DEFAULT ||
		 ELF64_ST_VISIBILITY(s->st_other) == STV_PROTECTED)
		add(&e->exported, name);
}

/* libgcc's own, there when a kernel asks what the processor can do */
static int
compilers(const char *name)
{
	return !strcmp(name, "__cpu_indicator_init") ||
	       !strcmp(name, "init_have_lse_atomics");
}

static const char *
locals(const struct image *im, const Elf64_Shdr *table, struct elfsym *e)
{
	const Elf64_Shdr *strings = section(im, table->sh_link);
	const Elf64_Sym *s = at(im, table->sh_offset, table->sh_size);
	const char *name;

	if (!strings || !s)
		return "its symbol table is broken";
	for (size_t i = 1; i < table->sh_size / sizeof(*s); i++)
		if (ELF64_ST_TYPE(s[i].st_info) == STT_FUNC &&
		    (name = string(im, strings, s[i].st_name)) &&
		    compilers(name))
			e->starters--;
	return NULL;
}

static const char *
symbols(const struct image *im, const Elf64_Shdr *table, struct elfsym *e)
{
	const Elf64_Shdr *strings = section(im, table->sh_link);
	const Elf64_Sym *s = at(im, table->sh_offset, table->sh_size);
	size_t i, n = table->sh_size / sizeof(*s);

	if (!strings || !s || table->sh_entsize != sizeof(*s))
		return "its symbol table is broken";
	for (i = 1; i < n; i++)
		symbol(e, im, &s[i], string(im, strings, s[i].st_name));
	return NULL;
}

static const char *
dynamic(const struct image *im, const Elf64_Shdr *table, struct elfsym *e)
{
	const Elf64_Shdr *strings = section(im, table->sh_link);
	const Elf64_Dyn *d = at(im, table->sh_offset, table->sh_size);
	size_t i, n = table->sh_size / sizeof(*d);
	const char *name;

	if (!strings || !d)
		return "its dynamic section is broken";
	for (i = 0; i < n && d[i].d_tag != DT_NULL; i++) {
		if (d[i].d_tag == DT_NEEDED &&
		    (name = string(im, strings, d[i].d_un.d_val)))
			add(&e->needed, name);
		if (d[i].d_tag == DT_INIT_ARRAYSZ)
			e->starters += (long)(d[i].d_un.d_val / 8) - 1;
		if (d[i].d_tag == DT_PREINIT_ARRAYSZ)
			e->starters += (long)(d[i].d_un.d_val / 8);
		if (d[i].d_tag == DT_TEXTREL ||
		    (d[i].d_tag == DT_FLAGS && d[i].d_un.d_val & DF_TEXTREL))
			e->textrel = 1;
	}
	return NULL;
}

static void
segments(const struct image *im, struct elfsym *e)
{
	const Elf64_Phdr *p;

	for (size_t i = 0; i < im->head->e_phnum; i++) {
		p = at(im, im->head->e_phoff + i * sizeof(*p), sizeof(*p));
		if (p && (p->p_type == PT_LOAD || p->p_type == PT_GNU_STACK) &&
		    p->p_flags & PF_W && p->p_flags & PF_X)
			e->writeexec = 1;
	}
}

static const char *
sections(const struct image *im, struct elfsym *e)
{
	uint32_t want = im->head->e_type == ET_REL ? SHT_SYMTAB : SHT_DYNSYM;
	const char *why = NULL;
	const Elf64_Shdr *s;
	int found = 0;

	/* in an object what runs when it is loaded comes before the symbols */
	for (size_t i = 0; !why && (s = section(im, i)); i++) {
		if (s->sh_type == want) {
			found = 1;
			why = symbols(im, s, e);
		} else if (s->sh_type == SHT_SYMTAB) {
			why = locals(im, s, e);
		} else if (s->sh_type == SHT_DYNAMIC) {
			why = dynamic(im, s, e);
		} else if (s->sh_type == SHT_INIT_ARRAY && want == SHT_SYMTAB) {
			e->starters += (long)(s->sh_size / 8);
		}
	}
	return why || found ? why : "it has no symbol table";
}

const char *
elfsym_read(const char *path, struct elfsym *e)
{
	struct buf b = {0};
	struct image im;
	const char *why = "it is not ELF of 64 bits";

	*e = (struct elfsym){0};
	if (buf_readfile(&b, path, MAXFILE) < 0) {
		buf_free(&b);
		return strerror(errno);
	}
	im = (struct image){b.data, b.len, NULL};
	im.head = at(&im, 0, sizeof(Elf64_Ehdr));
	if (im.head && !memcmp(im.data, ELFMAG, SELFMAG) &&
	    im.data[EI_CLASS] == ELFCLASS64 &&
	    im.data[EI_DATA] == ELFDATA2LSB) {
		e->shared = im.head->e_type != ET_REL;
		segments(&im, e);
		why = sections(&im, e);
	}
	buf_free(&b);
	return why;
}

static void
listfree(char **list)
{
	for (size_t i = 0; list && list[i]; i++)
		free(list[i]);
	free(list);
}

void
elfsym_free(struct elfsym *e)
{
	listfree(e->undefined);
	listfree(e->exported);
	listfree(e->functions);
	listfree(e->weak);
	listfree(e->needed);
	*e = (struct elfsym){0};
}
