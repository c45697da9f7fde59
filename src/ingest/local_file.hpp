#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace mux::inline v0::ingest {

/// Why a local file cannot be uploaded.
struct local_file_fault {
  std::string message;
  std::string expected;
};

/// Nothing if `path` is a regular file (or a link to one) that can be read and is not empty.
[[nodiscard]] std::optional<local_file_fault> check_local_file(const std::string& path);

/// `path` seen from `folder`, without steps that lead nowhere (`.`, doubled slashes). `..` stays: what it
/// means depends on links.
[[nodiscard]] std::string path_from(const std::string& folder, std::string_view path);

/// The folder that relative paths in a manifest start from, absolute and without links.
[[nodiscard]] std::string folder_of_manifest(const std::filesystem::path& manifest);
/// The same for a manifest that is a stream.
[[nodiscard]] std::string current_folder();

}  // namespace mux::inline v0::ingest
