extern float helper(float);
float twice(float x);

float
run(float x)
{
	return helper(x) + twice(x);
}
