/* Figures by gnuplot, from the same summaries as the tables. */
#ifndef PLOTS_H
#define PLOTS_H

#include "runread.h"

/*
 * Draw what the runs have to show as DIR/NAME.svg, and add to the page a
 * <figure> for each, the same SVG.  With several runs only
 * what compares them is drawn.  Without gnuplot (or $MKBENCH_GNUPLOT, a program
 * in its place) a paragraph of the page says so, and 0 is returned; else 1.
 */
int plots_draw(
    struct buf *page, const struct run *runs, size_t n, const char *dir);

#endif
