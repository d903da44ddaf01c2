/*
 * Pages: text that stays text, whoever wrote it, and the frame around it.
 */
#ifndef HTML_H
#define HTML_H

#include "util.h"

/*
 * Add n bytes as text, for content and for quoted attributes: markup is
 * escaped, control characters become their pictures (U+2400 ...), and what
 * would turn or hide the text around it (bidi, zero width) is named, [U+202E].
 * Bytes that are not UTF-8 become U+FFFD.
 */
void html_text(struct buf *b, const char *s, size_t n);
void html_str(struct buf *b, const char *s); /* NULL adds nothing */

/* its first n bytes, whole characters, and an ellipsis if there is more */
void html_brief(struct buf *b, const char *s, size_t n);

/* a formatted piece of text, escaped */
void html_textf(struct buf *b, const char *fmt, ...) PRINTF(2, 3);

/* a folded text: <details> with a summary in words, and the text as <pre> */
void html_fold(struct buf *b, const char *summary, const char *text);
void html_foldopen(
    struct buf *b, const char *summary, const char *text, int open);

/* a page's begin and end; up leads to the folder of style.css ("" or "../") */
void html_head(struct buf *b, const char *title, const char *up);
void html_foot(struct buf *b);

/* the colours of figures, --c0 to --c5, as CSS for light and dark pages: told
   apart by most eyes, and at least 3:1 against the page */
extern const char html_palette[];

/* write style.css and sort.js there; -1 and errno on failure */
int html_assets(const char *dir);

/* a pair of a <dl>: what is ours, text is escaped; nothing if text is empty or
   NULL */
void html_item(struct buf *b, const char *what, const char *text);

#endif
