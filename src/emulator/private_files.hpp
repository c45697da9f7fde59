#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace mux::inline v0::emulator {

/// A fresh folder (mode 0700) that is removed with everything in it.
class private_folder {
 public:
  /// Throws `std::system_error`.
  private_folder();
  ~private_folder();
  private_folder(const private_folder&) = delete;
  private_folder& operator=(const private_folder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

/// Writes a file of mode 0600 so that a reader sees all of it or what was there before. Throws
/// `std::system_error`.
void write_private_file(const std::filesystem::path& path, std::string_view text);

[[nodiscard]] std::string read_file(const std::filesystem::path& path);

/// The system's bundle of trusted CAs, as PEM; empty if none is found.
[[nodiscard]] std::string system_ca_bundle();

}  // namespace mux::inline v0::emulator
