#include "batch.h"
int batch_export(const struct model *m, char *const *files, long sample){(void)m;(void)files;(void)sample;return EX_SOFTWARE;}
int batch_import(const struct model *m, char *const *files){(void)m;(void)files;return EX_SOFTWARE;}
int batch_run(const struct model *m, struct ledger *l, const char *verb){(void)m;(void)l;(void)verb;return EX_SOFTWARE;}
