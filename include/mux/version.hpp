#pragma once

/// Version of the library, as in `CMakeLists.txt`.
#define MUX_VERSION "0.1.0"
