#include "product.h"

/*
 * Operands are contracted two at a time, the first two first.  Labels of a pair
 * are of four kinds: in both and kept (batch), in the first and kept (rows), in
 * the second and kept (columns), in both and not kept (summed); what is in one
 * only and not kept is summed before.  Each pair is then a batch of matrix
 * products.
 */
enum { MAXLABELS = MAXLOOP, MAXOPERANDS = 16 };

struct state {
	char equation[256];
	size_t room; /* bytes that an earlier call took */
};

static OrtStatus *
setup(struct node *n)
{
	struct state *s = n->state;

	attr_string(n, "equation", "", s->equation, sizeof(s->equation));
	return NULL;
}

/* a view by label: element strides, which are 0 where it has no such label */
struct view {
	const float *data;
	unsigned has; /* labels */
	int64_t step[MAXLABELS];
};

struct job {
	int labels, out;     /* how many, how many of the output */
	int name[MAXLABELS]; /* a letter, or -1 - k: dimension k of "..." from
				its end */
	int64_t dims[MAXLABELS];
	int order[MAXLABELS]; /* labels in the output's order */
	char *room;	      /* of the call's intermediate arrays... */
	size_t size, used;    /* ...its bytes, and those that it takes */
	void *more;	      /* what did not fit, a list */
};

/* n floats until the call ends: out of its room, which is as large as an
   earlier call needed, or of the heap */
static float *
take(struct job *q, int64_t n)
{
	const size_t bytes = (n * sizeof(float) + 127) / 64 * 64;
	void **more;

	q->used += bytes;
	if (q->used <= q->size)
		return (float *)(q->room + q->used - bytes);
	more = aligned_alloc(64, bytes + 64);
	if (!more)
		return NULL;
	*more = q->more;
	q->more = more;
	return (float *)((char *)more + 64);
}

static void
start(struct node *n, struct job *q)
{
	struct state *s = n->state;

	q->size = __atomic_load_n(&s->room, __ATOMIC_RELAXED);
	q->room = scratch_take(n, q->size);
	if (!q->room)
		q->size = 0;
}

static void
end(struct node *n, struct job *q)
{
	struct state *s = n->state;
	void *more;

	while ((more = q->more)) {
		q->more = *(void **)more;
		free(more);
	}
	if (q->used > q->size)
		__atomic_store_n(&s->room, q->used, __ATOMIC_RELAXED);
	if (q->room)
		scratch_give(n);
}

static int
label(struct job *q, int name)
{
	int i;

	for (i = 0; i < q->labels; i++)
		if (q->name[i] == name)
			return i;
	if (q->labels == MAXLABELS)
		return -1;
	q->name[i] = name;
	q->dims[i] = 1;
	return q->labels++;
}

/* read one term, up to ',' or '-'; rank is the operand's */
static int
term(struct job *q, const char **p, int rank, int *labels)
{
	const char *s;
	int n = 0, letters = 0, dots, k;

	for (s = *p; *s && *s != ',' && *s != '-'; s++)
		letters += (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z');
	for (; **p && **p != ',' && **p != '-'; (*p)++) {
		if (**p == '.') {
			*p += 2;
			dots = rank - letters;
			for (k = dots - 1; k >= 0 && n < MAXLABELS; k--)
				labels[n++] = label(q, -1 - k);
		} else if (**p != ' ' && n < MAXLABELS)
			labels[n++] = label(q, **p);
	}
	return n;
}

/* the labels of all operands and of the output */
static OrtStatus *
parse(struct node *n, struct job *q, struct view *v, struct tensor *x)
{
	const char *p = ((struct state *)n->state)->equation;
	int labels[MAXLABELS + 1], count, i, k, dots = 0, seen[MAXLABELS] = {0};
	int64_t s[MAXRANK];
	size_t o;

	memset(q, 0, sizeof(*q));
	for (o = 0; o < n->nin; o++, p += *p == ',') {
		memset(&v[o], 0, sizeof(v[o]));
		TRY(input(n, o, &x[o]));
		v[o].data = x[o].data;
		count = term(q, &p, x[o].rank, labels);
		if (count != x[o].rank)
			return fail(n, "operand %zu has rank %d, not %d", o,
			    x[o].rank, count);
		strides(x[o].rank, x[o].dims, s);
		for (i = 0; i < count; i++) {
			k = labels[i];
			if (k < 0)
				return fail(n, "too many labels");
			dots = q->name[k] < 0 && -q->name[k] > dots
				   ? -q->name[k]
				   : dots;
			seen[k]++;
			if (x[o].dims[i] == 1 && q->dims[k] != 1)
				continue;
			if (q->dims[k] != 1 && q->dims[k] != x[o].dims[i])
				return fail(n, "sizes of '%c' differ",
				    q->name[k] > 0 ? q->name[k] : '.');
			q->dims[k] = x[o].dims[i];
			v[o].step[k] += s[i];
			v[o].has |= 1u << k;
		}
	}
	if (*p == '-') {
		p += 2;
		q->out = term(q, &p, dots, q->order);
		for (k = 0,
		    p = strchr(((struct state *)n->state)->equation, '>');
		     *p; p++)
			k += (*p >= 'a' && *p <= 'z') ||
			     (*p >= 'A' && *p <= 'Z');
		if (strchr(strchr(((struct state *)n->state)->equation, '>'),
			'.')) { /* the dots stand for all that the operands have
				 */
			p = strchr(((struct state *)n->state)->equation, '>') +
			    1;
			q->out = term(q, &p, dots + k, q->order);
		}
		return NULL;
	}
	for (k = dots - 1; k >= 0; k--)
		q->order[q->out++] = label(q, -1 - k);
	for (i = 'A'; i <= 'z'; i++)
		for (k = 0; k < q->labels; k++)
			if (q->name[k] == i && seen[k] == 1)
				q->order[q->out++] = k;
	return NULL;
}

/* add the labels of a set to a loop over views a and b */
static void
labels(struct loop *l, const struct job *q, unsigned set, const struct view *a,
    const struct view *b)
{
	for (int k = 0; k < q->labels; k++)
		if (set >> k & 1) {
			l->dims[l->rank] = q->dims[k];
			l->step[0][l->rank] = a->step[k];
			l->step[1][l->rank++] = b ? b->step[k] : 0;
		}
}

/* strides of a dense array of the labels of sets, the last set innermost */
static int64_t
dense(struct view *v, const struct job *q, int sets, const unsigned *set)
{
	int64_t n = 1;

	memset(v, 0, sizeof(*v));
	while (sets-- > 0)
		for (int k = q->labels - 1; k >= 0; k--)
			if (set[sets] >> k & 1) {
				v->step[k] = n;
				n *= q->dims[k];
				v->has |= 1u << k;
			}
	return n;
}

/* replace v by its sum over labels it alone has and nobody keeps */
static bool
collapse(struct job *q, struct view *v, unsigned keep)
{
	const unsigned cut = v->has & ~keep;
	struct view to;
	struct loop kept = {.operands = 2}, gone = {.operands = 2};
	int64_t n, i, step;
	float sum, *y;

	if (!cut)
		return true;
	n = dense(&to, q, 1, (unsigned[]){v->has & keep});
	to.data = y = take(q, n);
	if (!y)
		return false;
	labels(&kept, q, v->has & keep, &to, v);
	labels(&gone, q, cut, v, NULL);
	kept.dims[kept.rank] = 1;
	loop_start(&kept);
	loop_start(&gone);
	step = gone.step[0][gone.rank - 1];
	do
		for (int64_t o = 0; o < kept.n; o++) {
			const float *x = v->data + kept.off[1] +
					 o * kept.step[1][kept.rank - 1];
			sum = 0.0f;
			do
				for (i = 0; i < gone.n; i++)
					sum += x[gone.off[0] + i * step];
			while (loop_next(&gone));
			y[kept.off[0] + o * kept.step[0][kept.rank - 1]] = sum;
		}
	while (loop_next(&kept));
	*v = to;
	return true;
}

/* does v lie as a dense array of these sets (sizes of one do not matter)? */
static bool
lies(const struct view *v, const struct job *q, int sets, const unsigned *set)
{
	struct view d;

	dense(&d, q, sets, set);
	for (int k = 0; k < q->labels; k++)
		if (q->dims[k] > 1 && d.step[k] != v->step[k])
			return false;
	return true;
}

/* v as a dense array of these sets: itself or a copy */
static bool
arrange(struct view *v, struct job *q, int sets, const unsigned *set)
{
	struct view d;
	struct loop l = {0};
	int64_t n = dense(&d, q, sets, set);
	float *to;

	if (lies(v, q, sets, set))
		return true;
	d.data = to = take(q, n);
	if (!to)
		return false;
	for (int i = 0; i < sets; i++)
		labels(&l, q, set[i], &d, v);
	move(&l, to, v->data, sizeof(float));
	*v = d;
	return true;
}

static int64_t
size(const struct job *q, unsigned set)
{
	int64_t n = 1;

	for (int k = 0; k < q->labels; k++)
		n *= set >> k & 1 ? q->dims[k] : 1;
	return n;
}

/*
 * c = a b over what keep does not name; to is where the last result goes, with
 * strides like, if it can go there as it comes
 */
static bool
contract(struct job *q, struct view *a, struct view *b, unsigned keep,
    struct view *c, const struct view *like, float *to)
{
	unsigned batch, rows, columns, sum, sets[3];
	int64_t m, n, k, i, many, all;
	float *room;
	bool turned, ok;

	if (!collapse(q, a, keep | b->has) || !collapse(q, b, keep | a->has))
		return false;
	batch = a->has & b->has & keep;
	rows = a->has & ~b->has;
	columns = b->has & ~a->has;
	sum = a->has & b->has & ~keep;
	if (like && !lies(like, q, 3, (unsigned[]){batch, rows, columns}) &&
	    lies(like, q, 3, (unsigned[]){batch, columns, rows})) {
		struct view *t = a;
		unsigned u = rows;

		a = b; /* the transposed product comes out in place */
		b = t;
		rows = columns;
		columns = u;
	}
	m = size(q, rows);
	n = size(q, columns);
	k = size(q, sum);
	many = size(q, batch);
	/* either operand may also lie the other way round */
	turned = lies(b, q, 3, (unsigned[]){batch, columns, sum});
	ok = turned || arrange(b, q, 3, (unsigned[]){batch, sum, columns});
	const bool flat = lies(a, q, 3, (unsigned[]){batch, sum, rows});
	ok = ok && (flat || arrange(a, q, 3, (unsigned[]){batch, rows, sum}));
	sets[0] = batch;
	sets[1] = rows;
	sets[2] = columns;
	all = dense(c, q, 3, sets);
	if (like && lies(like, q, 3, sets))
		c->data = to;
	else
		c->data = to = take(q, all);
	room = take(q, m * k + packed_b(k, n));
	for (i = 0; ok && c->data && room && i < many; i++) {
		pack_b(room + m * k, b->data + i * k * n, turned ? 1 : n,
		    turned ? k : 1, k, n);
		gemm_auto(m, n, k, a->data + i * m * k, flat ? 1 : k,
		    flat ? m : 1, room, room + m * k, to + i * m * n, n, false);
	}
	return ok && c->data && room;
}

/* other types than float: every product, one after the other */
#define PLAIN(NAME, T, F)                                                      \
	case TYPE(NAME):                                                       \
		for (bool more = y.n > 0; more;) {                             \
			T v = 1;                                               \
			for (o = 0; o < n->nin; o++)                           \
				v *= ((const T *)x[o].data)[off[o]];           \
			((T *)y.data)[to] += v;                                \
			for (k = q.labels - 1; k >= 0; k--) {                  \
				to += like.step[k];                            \
				for (o = 0; o < n->nin; o++)                   \
					off[o] += v_[o].step[k];               \
				if (++at[k] < q.dims[k])                       \
					break;                                 \
				to -= like.step[k] * q.dims[k];                \
				for (o = 0; o < n->nin; o++)                   \
					off[o] -= v_[o].step[k] * q.dims[k];   \
				at[k] = 0;                                     \
			}                                                      \
			more = k >= 0;                                         \
		}                                                              \
		break;

static OrtStatus *
run(struct node *n)
{
	struct tensor x[MAXOPERANDS], y;
	struct view v_[MAXOPERANDS], like = {0}, c;
	struct job q;
	struct loop l = {0};
	int64_t dims[MAXLABELS], at[MAXLABELS] = {0}, off[MAXOPERANDS] = {0};
	int64_t s[MAXRANK], to = 0;
	unsigned keep, out = 0;
	size_t o, r;
	int k;
	bool ok = true;

	if (n->nin > MAXOPERANDS)
		return fail(n, "%zu operands", n->nin);
	TRY(parse(n, &q, v_, x));
	for (k = 0; k < q.out; k++)
		dims[k] = q.dims[q.order[k]];
	TRY(output(n, 0, q.out, dims, &y));
	strides(q.out, dims, s);
	for (k = 0; k < q.out; k++) {
		like.step[q.order[k]] = dims[k] == 1 ? 0 : s[k];
		out |= 1u << q.order[k];
	}
	like.has = out;
	if (y.n == 0)
		return NULL;
	if (x[0].type != TYPE(FLOAT)) {
		memset(y.data, 0, y.n * typesize(y.type));
		switch (x[0].type) {
			PLAIN(DOUBLE, double, )
			PLAIN(INT32, int32_t, )
			PLAIN(INT64, int64_t, )
		}
		return NULL;
	}
	start(n, &q);
	for (o = 1; o < n->nin && ok; o++) {
		for (keep = out, r = o + 1; r < n->nin; r++)
			keep |= v_[r].has;
		memset(&c, 0, sizeof(c));
		ok = contract(&q, &v_[o - 1], &v_[o], keep, &c,
		    o + 1 == n->nin ? &like : NULL, y.data);
		v_[o] = c;
	}
	ok = ok && collapse(&q, &v_[n->nin - 1], out);
	if (ok && v_[n->nin - 1].data != y.data) {
		labels(&l, &q, out, &like, &v_[n->nin - 1]);
		move(&l, y.data, v_[n->nin - 1].data, sizeof(float));
	}
	end(n, &q);
	return ok ? NULL : fail(n, "out of memory");
}

static const struct op theop = {.name = "Einsum",
    .in = "T*",
    .out = "T",
    .T = SET(EACH_WIDE),
    .state = sizeof(struct state),
    .setup = setup,
    .run = run};
