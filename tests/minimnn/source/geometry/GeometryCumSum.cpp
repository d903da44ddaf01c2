// The sibling whose compile command geometric candidates are compiled with.
#include "geometry/GeometryComputer.hpp"
