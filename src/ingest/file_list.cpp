#include "ingest/file_list.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <functional>
#include <glob.h>
#include <memory>
#include <sys/stat.h>
#include <utility>

#include "ingest/local_file.hpp"
#include "ingest/text.hpp"

namespace mux::inline v0::ingest {
namespace {

bool is_folder(const std::string& path) {
  struct stat about {};
  return ::stat(path.c_str(), &about) == 0 && S_ISDIR(about.st_mode);
}

bool exists(const std::string& path) {
  struct stat about {};
  return ::lstat(path.c_str(), &about) == 0;
}

// However an argument was written, the same file has the same path.
std::string absolute(const std::string& argument) {
  std::string path = is_folder(argument)
                         ? folder_of_manifest(argument + "/x")
                         : path_from(folder_of_manifest(argument), argument.substr(argument.rfind('/') + 1));
  return path;
}

void append_matches(const std::string& pattern, std::vector<std::string>& to) {
  glob_t found{};
  if (::glob(pattern.c_str(), GLOB_NOSORT, nullptr, &found) == 0)
    for (std::size_t i = 0; i < found.gl_pathc; ++i) to.emplace_back(found.gl_pathv[i]);
  ::globfree(&found);
}

enum class entry : std::uint8_t { file, folder, other };

entry kind_of(const std::string& path, unsigned char type) {
  struct stat about {};
  if (type == DT_UNKNOWN && ::lstat(path.c_str(), &about) == 0) type = IFTODT(about.st_mode);
  if (type == DT_DIR) return entry::folder;
  // A link to a folder may lead anywhere, also back; what it leads to is listed where it stands.
  if (type == DT_LNK && ::stat(path.c_str(), &about) == 0 && S_ISREG(about.st_mode)) return entry::file;
  return type == DT_REG ? entry::file : entry::other;
}

// The folder before the first part with a wildcard.
std::string plain_part(const std::string& pattern) {
  const std::size_t wild = pattern.find_first_of("*?[");
  const std::size_t slash = pattern.rfind('/', wild);
  if (slash == pattern.npos) return ".";
  return slash == 0 ? "/" : pattern.substr(0, slash);
}

}  // namespace

bool is_file_pattern(const std::string& argument) {
  return argument.find_first_of("*?[") != argument.npos && !exists(argument);
}

std::string common_folder(const std::vector<std::string>& arguments) {
  std::string common;
  for (const std::string& argument : arguments) {
    const std::string named = is_file_pattern(argument) ? absolute(plain_part(argument)) : absolute(argument);
    const bool folder = is_file_pattern(argument) || is_folder(argument);
    std::string within = folder ? named : named.substr(0, named.rfind('/'));
    within += '/';
    if (&argument == &arguments.front()) common = within;
    const auto differs = std::mismatch(common.begin(), common.end(), within.begin(), within.end()).first;
    common.erase(differs, common.end());
    common.erase(common.rfind('/') + 1);
  }
  if (common.size() > 1) common.pop_back();
  return common;
}

file_list::file_list(const std::vector<std::string>& arguments, sink faults) : faults_(std::move(faults)) {
  folder& roots = open_.emplace_back();
  for (const std::string& argument : arguments) {
    std::vector<std::string> named = {argument};
    if (is_file_pattern(argument)) {
      named.clear();
      append_matches(argument, named);
      if (named.empty())
        faults_("no file matches " + shown_text(argument, 200), "a pattern such as clips/*.mp4");
    }
    for (const std::string& one : named) roots.entries.push_back(absolute(one) + (is_folder(one) ? "/" : ""));
  }
  std::sort(roots.entries.begin(), roots.entries.end(), std::greater<>());
}

void file_list::open(std::string path) {
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::opendir(path.c_str()), &::closedir);
  folder opened;
  while (stream) {
    errno = 0;
    const dirent* const found = ::readdir(stream.get());
    if (found == nullptr) break;
    const std::string_view name = found->d_name;
    if (name.starts_with('.') || name.find(".mux-journal") != name.npos) continue;
    const entry kind = kind_of(path + found->d_name, found->d_type);
    if (kind != entry::other)
      opened.entries.push_back(std::string(name) + (kind == entry::folder ? "/" : ""));
  }
  if (!stream || errno != 0)
    faults_("the folder " + shown_text(path, 200) + " cannot be read: " + std::strerror(errno),
            "a folder that you may read");
  // With the slash of folders, the order of names is that of whole paths.
  std::sort(opened.entries.begin(), opened.entries.end(), std::greater<>());
  opened.path = std::move(path);
  open_.push_back(std::move(opened));
}

std::optional<std::string> file_list::next() {
  while (!open_.empty()) {
    folder& inner = open_.back();
    if (inner.entries.empty()) {
      open_.pop_back();
      continue;
    }
    std::string path = inner.path + inner.entries.back();
    inner.entries.pop_back();
    if (!path.ends_with('/')) return path;
    open(std::move(path));
  }
  return std::nullopt;
}

}  // namespace mux::inline v0::ingest
