#pragma once

#include <string>

namespace mux::test {

/// A host name that the system's resolver knows (it is 127.0.0.1), but not before it is told to. One at a
/// time.
class slow_name {
 public:
  static inline const std::string text = "slow.mux.test";

  slow_name();
  slow_name(const slow_name&) = delete;
  slow_name& operator=(const slow_name&) = delete;
  /// An event loop is not destroyed before the resolver is done: this must go first.
  ~slow_name() { answer(); }

  /// Returns once somebody asks for the name.
  void wait_until_asked();
  void answer();
};

}  // namespace mux::test
