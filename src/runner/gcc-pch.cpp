/*
 * A plugin of gcc for making precompiled headers: after "#pragma mkbench
 * instantiate" they hold the instances of the templates that the header's own
 * inline functions use.  Without it, gcc makes them in every unit that loads the
 * header, which for the engine's is half the time of compiling a kernel.  What
 * is compiled with such a header is the same code.  clang has an option for it
 * (-fpch-instantiate-templates).
 *
 * Source: "Plugins" in the GCC Internals manual.
 */
#include "gcc-plugin.h"
#include "plugin-version.h"
#include "tree.h"

#include "c-family/c-pragma.h"
#include "cp/cp-tree.h"

extern "C" int plugin_is_GPL_compatible;
int plugin_is_GPL_compatible;

static void
instantiate(struct cpp_reader *)
{
	instantiate_pending_templates(0);
}

static void
pragmas(void *, void *)
{
	c_register_pragma("mkbench", "instantiate", instantiate);
}

extern "C" int
plugin_init(struct plugin_name_args *self, struct plugin_gcc_version *compiler)
{
	if (!plugin_default_version_check(compiler, &gcc_version))
		return 1;
	register_callback(self->base_name, PLUGIN_PRAGMAS, pragmas, NULL);
	return 0;
}
