#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace mux::inline v0::ingest {

/// Local files one by one: those named, those that a pattern matches, and those in folders and the folders in
/// them, sorted by the bytes of their paths. In folders, hidden files, journals, what is no regular file and
/// links to folders are left out.
class file_list {
 public:
  /// Takes what is wrong with a folder or a pattern.
  using sink = std::function<void(std::string message, std::string expected)>;

  file_list(const std::vector<std::string>& arguments, sink faults);
  /// The absolute path of the next file; nothing at the end.
  [[nodiscard]] std::optional<std::string> next();

 private:
  struct folder {
    std::string path;
    std::vector<std::string> entries;  ///< in reverse order; folders end in a slash
  };

  void open(std::string path);

  sink faults_;
  std::vector<folder> open_;  ///< from the outermost to the innermost; the first holds the arguments
};

/// A pattern for file names: `clips/*.mp4`. A file called so comes first.
[[nodiscard]] bool is_file_pattern(const std::string& argument);

/// The deepest folder that holds everything the arguments can name.
[[nodiscard]] std::string common_folder(const std::vector<std::string>& arguments);

}  // namespace mux::inline v0::ingest
