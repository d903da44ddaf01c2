#include <stdlib.h>
#include <string.h>

#include "html.h"
#include "json.h"

const char html_palette[] =
    ":root{--c0:#007ec7;--c1:#e66f00;--c2:#10422e;--c3:#c76d90;--c4:#72531c;"
    "--c5:#2f1249}\n"
    "@media(prefers-color-scheme:dark){:root{--c0:#4bd1ff;--c1:#e56d21;"
    "--c2:#d6f4bc;--c3:#c662a5;--c4:#fad92b;--c5:#008856}}\n";

static const char style[] =
    ":root{color-scheme:light dark;--fg:#1b1b1b;--bg:#fff;--dim:#5a5a5a"
    ";--line:#d0d0d0;--soft:#f4f4f4;--link:#00579b;--good:#00664a;--bad"
    ":#a33b00;--warn:#7a5200;--native:#0072b2;--cand:#c25400;--add:#dce"
    "cff;--del:#fde3d3}\n"
    "@media(prefers-color-scheme:dark){:root{--fg:#e6e6e6;--bg:#16181b;"
    "--dim:#a6a6a6;--line:#3c4046;--soft:#202327;--link:#7cc4ff;--good:"
    "#4fd1a5;--bad:#ff9a5c;--warn:#f0c04a;--native:#56b4e9;--cand:#f08a"
    "3c;--add:#10304a;--del:#472411}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0 auto;max-width:76rem;padding:1rem;color:var(--fg);ba"
    "ckground:var(--bg);font:16px/1.5 system-ui,sans-serif}\n"
    "a{color:var(--link)}\n"
    ":focus-visible{outline:3px solid var(--link);outline-offset:2px}\n"
    "h1{font-size:1.6rem;line-height:1.25;overflow-wrap:anywhere;margin"
    ":.6rem 0}\n"
    "h2{font-size:1.25rem;margin:2.2rem 0 .6rem}h3{font-size:1.05rem;ma"
    "rgin:1.2rem 0 .3rem}\n"
    "p{max-width:60rem}.lead{font-size:1.1rem;margin:.4rem 0 1rem}\n"
    ".wide{overflow-x:auto;max-width:100%}\n"
    "table{border-collapse:collapse;font-variant-numeric:tabular-nums}\n"
    "th,td{padding:.25rem .7rem .25rem 0;border-bottom:1px solid var(--"
    "line);text-align:left;vertical-align:top;white-space:nowrap}\n"
    "th{font-weight:600}thead th{border-bottom:2px solid var(--line)}\n"
    "td.n,th.n{text-align:right}td.w{white-space:normal;min-width:18rem"
    ";overflow-wrap:anywhere}\n"
    "tfoot.all th,tfoot.all td{font-weight:600;border-top:2px solid var"
    "(--line);border-bottom:0}\n"
    "th button{all:unset;cursor:pointer}th button:hover{text-decoration"
    ":underline}th button:focus-visible{outline:3px solid var(--link)}\n"
    "th button::after{content:\"\\2195\";color:var(--dim);font-weight:4"
    "00;padding-left:.25em}\n"
    "th[aria-sort=ascending] button::after{content:\"\\25B2\";color:inh"
    "erit}th[aria-sort=descending] button::after{content:\"\\25BC\";col"
    "or:inherit}\n"
    "small,.dim{color:var(--dim);font-size:.85rem;font-weight:400}\n"
    ".good{color:var(--good)}.bad{color:var(--bad)}.warn{color:var(--wa"
    "rn)}\n"
    ".why{border-left:4px solid;padding:.1rem 0 .1rem .7rem;overflow-wr"
    "ap:anywhere}.errors{overflow-wrap:anywhere}\n"
    ".cards{display:flex;flex-wrap:wrap;gap:.6rem 2.2rem;margin:1rem 0;"
    "padding:0;list-style:none}\n"
    ".cards b{display:block;font-size:1.7rem;line-height:1.2;font-varia"
    "nt-numeric:tabular-nums}\n"
    "pre{overflow:auto;background:var(--soft);padding:.6rem .8rem;font:"
    "13px/1.45 ui-monospace,monospace;tab-size:8;margin:.4rem 0;max-hei"
    "ght:38rem}\n"
    "pre i{color:var(--dim);font-style:normal;user-select:none}\n"
    "details{margin:.4rem 0}summary{cursor:pointer}\n"
    ".figs{display:grid;grid-template-columns:repeat(auto-fit,minmax(mi"
    "n(100%,30rem),1fr));gap:1.5rem}\n"
    "figure{margin:.6rem 0;min-width:0}figure svg{display:block;width"
    ":100%;max-width:44rem;height:auto}figure.broad{grid-column:1/-1}fi"
    "gure.broad svg{max-width:none}\n"
    "figcaption{color:var(--dim);font-size:.85rem}\n"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1r"
    "em;margin:.5rem 0}dt{color:var(--dim)}dd{margin:0;overflow-wrap:an"
    "ywhere}\n"
    "section.attempt{border-top:2px solid var(--line);margin-top:2rem}s"
    "ection.attempt>h2{margin:1rem 0 .2rem}section.attempt>.dim{margin:"
    ".2rem 0 .6rem}\n"
    "ins,del,mark{display:inline-block;min-width:100%;text-decoration:n"
    "one;color:inherit}ins{background:var(--add)}del,mark{background:va"
    "r(--del)}\n"
    "svg text{fill:currentColor}svg g[color=black]{color:inherit}figure"
    ">svg[aria-label] text{font:12px system-ui,sans-serif}\n"
    ".native{stroke:var(--native)}.cand{stroke:var(--cand)}.axis{stroke"
    ":var(--line)}\n"
    "@media(max-width:40rem){body{padding:.6rem;font-size:15px}dl{grid-"
    "template-columns:1fr}dt{margin-top:.3rem}td.w{min-width:13rem}}\n"
    "table.dense td small{display:block}table.dense td{white-space:normal}"
    "table.dense td.n{white-space:nowrap}table.dense th,table.dense "
    "td{padding-right:.5rem}\n"
    "table.dense th:not([aria-sort]) button{text-decoration:underline dotted}"
    "table.dense th:not([aria-sort]) button::after{content:none}\n"
    "@media(max-width:50rem){.wide th:first-child,.wide "
    "td:first-child{position:sticky;left:0;background:var(--bg);max-width:45vw;"
    "white-space:normal;overflow-wrap:break-word}#attempts .w{display:none}}\n"
    "@media(max-width:50rem){figure.broad{overflow-x:auto}figure.broad "
    "svg{width:56rem;max-width:none}}\n"
    "@media print{details{display:none}.wide{overflow:visible}}\n";

static const char script[] =
    "'use strict';\n"
    "for (const table of document.querySelectorAll('table.sort')) {\n"
    "  table.tHead.rows[0].querySelectorAll('th').forEach((th, i) => {\n"
    "    const b = document.createElement('button');\n"
    "    b.type = 'button';\n"
    "    b.append(...th.childNodes);\n"
    "    th.append(b);\n"
    "    b.addEventListener('click', () => {\n"
    "      const up = th.getAttribute('aria-sort') === 'descending';\n"
    "      for (const o of table.tHead.rows[0].cells) "
    "o.removeAttribute('aria-sort');\n"
    "      th.setAttribute('aria-sort', up ? 'ascending' : 'descending');\n"
    "      const key = r => r.cells[i].dataset.v ?? "
    "r.cells[i].textContent;\n"
    "      const body = table.tBodies[0];\n"
    "      const rows = [...body.rows];\n"
    "      rows.sort((x, y) => {\n"
    "        const a = key(x), c = key(y), n = a - c;\n"
    "        const d = isNaN(n) ? String(a).localeCompare(c) : n;\n"
    "        return up ? d : -d;\n"
    "      });\n"
    "      body.append(...rows);\n"
    "    });\n"
    "  });\n"
    "}\n";

/* marks that turn or hide text: bidi controls, zero widths, tags, BOM */
static int
hides(unsigned c)
{
	return c == 0xad || c == 0x61c || c == 0x180e ||
	       (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
	       (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe0fff);
}

static unsigned
codepoint(const unsigned char *p, size_t n)
{
	unsigned c = n == 2 ? p[0] & 0x1f : n == 3 ? p[0] & 0x0f : p[0] & 0x07;
	size_t i;

	for (i = 1; i < n; i++)
		c = c << 6 | (p[i] & 0x3f);
	return c;
}

static void
ascii(struct buf *b, unsigned char c)
{
	switch (c) {
	case '&': buf_adds(b, "&amp;"); break;
	case '<': buf_adds(b, "&lt;"); break;
	case '>': buf_adds(b, "&gt;"); break;
	case '"': buf_adds(b, "&quot;"); break;
	case '\'': buf_adds(b, "&#39;"); break;
	case '\t':
	case '\n': buf_add(b, &c, 1); break;
	default:
		if (c < 0x20 || c == 0x7f)
			buf_addf(b, "&#x%x;", c == 0x7f ? 0x2421 : 0x2400 + c);
		else
			buf_add(b, &c, 1);
	}
}

static int
plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f && c != '&' && c != '<' && c != '>' &&
	       c != '"' && c != '\'';
}

void
html_text(struct buf *b, const char *s, size_t n)
{
	const unsigned char *p = (const unsigned char *)s, *end = p + n, *q;
	size_t len;
	unsigned c;

	while (p < end) {
		for (q = p; q < end && plain(*q); q++)
			;
		if (q > p)
			buf_add(b, p, (size_t)(q - p));
		if ((p = q) >= end)
			break;
		if (*p < 0x80) {
			ascii(b, *p++);
			continue;
		}
		len = json_utf8(p, end);
		c = len ? codepoint(p, len) : 0xfffd;
		if (!len)
			buf_adds(b, "\xef\xbf\xbd");
		else if (hides(c) || (c >= 0x80 && c < 0xa0))
			buf_addf(b, "[U+%04X]", c);
		else
			buf_add(b, p, len);
		p += len ? len : 1;
	}
}

void
html_str(struct buf *b, const char *s)
{
	if (s)
		html_text(b, s, strlen(s));
}

void
html_brief(struct buf *b, const char *s, size_t n)
{
	if (!s || strlen(s) <= n) {
		html_str(b, s);
		return;
	}
	while (n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80)
		n--;
	html_text(b, s, n);
	buf_adds(b, "\xe2\x80\xa6");
}

void
html_textf(struct buf *b, const char *fmt, ...)
{
	struct buf t = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&t, fmt, ap);
	va_end(ap);
	html_text(b, t.data, t.len);
	buf_free(&t);
}

void
html_foldopen(struct buf *b, const char *summary, const char *text, int open)
{
	buf_addf(b, "<details%s><summary>", open ? " open" : "");
	html_str(b, summary);
	buf_adds(b, "</summary><pre tabindex=\"0\">");
	html_str(b, text);
	buf_adds(b, "</pre></details>\n");
}

void
html_fold(struct buf *b, const char *summary, const char *text)
{
	html_foldopen(b, summary, text, 0);
}

void
html_head(struct buf *b, const char *title, const char *up)
{
	buf_adds(b,
	    "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
	    "<meta name=\"viewport\" "
	    "content=\"width=device-width,initial-scale=1\">\n"
	    "<meta http-equiv=\"Content-Security-Policy\" "
	    "content=\"default-src "
	    "'none'; img-src 'self' file: data:; style-src 'self' file: "
	    "'unsafe-inline'; script-src 'self' file:\">\n"
	    "<link rel=\"icon\" href=\"data:,\">\n<title>");
	html_str(b, title);
	buf_addf(b,
	    "</title>\n<link rel=\"stylesheet\" href=\"%sstyle.css\">\n"
	    "<script src=\"%ssort.js\" defer></script>\n<body>\n<main>\n<h1>",
	    up, up);
	html_str(b, title);
	buf_adds(b, "</h1>\n");
}

void
html_foot(struct buf *b)
{
	buf_adds(b, "</main>\n</body>\n</html>\n");
}

int
html_assets(const char *dir)
{
	char *css = xasprintf("%s/style.css", dir);
	char *js = xasprintf("%s/sort.js", dir);
	char *look = xasprintf("%s%s", html_palette, style);
	int rc = writefile(css, look, strlen(look), 1) < 0 ||
			 writefile(js, script, sizeof(script) - 1, 1) < 0
		     ? -1
		     : 0;

	free(css);
	free(js);
	free(look);
	return rc;
}

void
html_item(struct buf *b, const char *what, const char *text)
{
	if (!text || !*text)
		return;
	buf_addf(b, "<dt>%s</dt><dd>", what);
	html_str(b, text);
	buf_adds(b, "</dd>\n");
}
