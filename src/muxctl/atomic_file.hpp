#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace mux::inline v0::muxctl {

/// A file that is there whole or not at all: written beside its place under another name, mode 0600, and put
/// there by `commit`. What is no regular file, a pipe for instance, is written as it comes.
/// Errors of all members: throw `failure` with code `output_failed`.
class atomic_file {
 public:
  explicit atomic_file(std::filesystem::path place);
  atomic_file(const atomic_file&) = delete;
  atomic_file& operator=(const atomic_file&) = delete;
  /// Without `commit` nothing is left behind.
  ~atomic_file();

  void write(std::string_view text);
  void commit();

 private:
  void put(std::string_view text);
  [[noreturn]] void fail() const;

  std::filesystem::path place_;
  std::string temporary_;  ///< empty: `place_` itself is written
  int descriptor_ = -1;
  std::string buffer_;
};

/// Throws `failure` with code `usage` if no file can be made there: better before a long run than after it.
void expect_writable(const std::filesystem::path& place);

}  // namespace mux::inline v0::muxctl
