#include "ingest/file_facts.hpp"

#include <sys/stat.h>

namespace mux::inline v0::ingest {

std::optional<file_facts> look_at(const std::string& path) noexcept {
  struct stat about {};
  if (::stat(path.c_str(), &about) != 0 || !S_ISREG(about.st_mode)) return std::nullopt;
  file_facts facts;
  facts.size = static_cast<std::uint64_t>(about.st_size);
  facts.modified = static_cast<std::int64_t>(about.st_mtim.tv_sec) * 1'000'000'000 + about.st_mtim.tv_nsec;
  return facts;
}

}  // namespace mux::inline v0::ingest
