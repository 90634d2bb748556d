#include "dialects/common/dialect.h"
