#include "batch.h"
int batch_export(const struct model *m, long sample){(void)m;(void)sample;return EX_SOFTWARE;}
int batch_import(const struct model *m, FILE *fp, const char *name){(void)m;(void)fp;(void)name;return EX_SOFTWARE;}
int batch_run(const struct model *m, struct ledger *l, const char *verb){(void)m;(void)l;(void)verb;return EX_SOFTWARE;}
