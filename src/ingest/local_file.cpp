#include "ingest/local_file.hpp"

#include <cerrno>
#include <cstring>
#include <sys/stat.h>
#include <unistd.h>

#include "ingest/text.hpp"

namespace mux::inline v0::ingest {

std::optional<local_file_fault> check_local_file(const std::string& path) {
  const std::string shown = shown_text(path, 200);
  struct stat about {};
  if (::stat(path.c_str(), &about) != 0)
    return local_file_fault{shown + ": " + std::strerror(errno), "a file that is there"};
  if (S_ISDIR(about.st_mode)) return local_file_fault{shown + " is a folder", "a file"};
  if (!S_ISREG(about.st_mode)) return local_file_fault{shown + " is no regular file", "a file"};
  if (about.st_size == 0) return local_file_fault{shown + " is empty", "a video"};
  if (::access(path.c_str(), R_OK) != 0)
    return local_file_fault{shown + ": " + std::strerror(errno), "a file that you may read"};
  return std::nullopt;
}

std::string path_from(const std::string& folder, std::string_view path) {
  std::string whole = path.starts_with('/') ? std::string() : folder;
  while (!path.empty()) {
    const std::string_view step = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(step.size() + 1, path.size()));
    if (step.empty() || step == ".") continue;
    if (!whole.ends_with('/')) whole += '/';
    whole += step;
  }
  return whole.empty() ? "/" : whole;
}

std::string current_folder() {
  std::error_code ignored;
  return std::filesystem::current_path(ignored).string();
}

std::string folder_of_manifest(const std::filesystem::path& manifest) {
  std::error_code fault;
  const std::filesystem::path folder = manifest.has_parent_path() ? manifest.parent_path() : ".";
  const std::filesystem::path real = std::filesystem::canonical(folder, fault);
  return fault ? path_from(current_folder(), folder.native()) : real.string();
}

}  // namespace mux::inline v0::ingest
