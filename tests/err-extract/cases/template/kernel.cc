template <typename T>
T
twice(T x)
{
	return x.times(2);
}

template <typename T>
T
four(T x)
{
	return twice(twice(x));
}

float
run(float x)
{
	return four(x);
}
