#pragma once

#include <cstdio>
#include <cstdlib>

namespace mux::test {

/// Ends the program, so that the fuzzer keeps the input, unless `held`.
inline void demand(bool held, const char* what) {
  if (held) return;
  std::fprintf(stderr, "not so: %s\n", what);
  std::abort();
}

}  // namespace mux::test
