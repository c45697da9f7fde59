#include "emulator/private_files.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <stdlib.h>
#include <system_error>
#include <unistd.h>

#include <openssl/x509.h>

namespace mux::inline v0::emulator {
namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

/// A new file (mode 0600) next to the one that it shall become.
class draft {
 public:
  explicit draft(const std::filesystem::path& final_path)
      : final_(final_path), name_(final_path.string() + ".XXXXXX"), file_(::mkstemp(name_.data())) {
    if (file_ < 0) fail("cannot write " + final_.string());
  }
  ~draft() {
    ::close(file_);
    if (!name_.empty()) ::unlink(name_.c_str());
  }
  draft(const draft&) = delete;
  draft& operator=(const draft&) = delete;

  void write(std::string_view text) {
    while (!text.empty()) {
      const auto written = ::write(file_, text.data(), text.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) fail("cannot write " + final_.string());
      text.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  void publish() {
    if (::fsync(file_) != 0 || ::rename(name_.c_str(), final_.c_str()) != 0)
      fail("cannot write " + final_.string());
    name_.clear();
  }

 private:
  std::filesystem::path final_;
  std::string name_;
  int file_;
};

}  // namespace

private_folder::private_folder() {
  auto name = (std::filesystem::temp_directory_path() / "mux-emulator-XXXXXX").string();
  if (!::mkdtemp(name.data())) fail("cannot make a folder " + name);
  path_ = name;
}

private_folder::~private_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void write_private_file(const std::filesystem::path& path, std::string_view text) {
  draft file(path);
  file.write(text);
  file.publish();
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) fail("cannot read " + path.string());
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::string system_ca_bundle() {
  const char* chosen = ::getenv("SSL_CERT_FILE");
  for (const char* path : {chosen, X509_get_default_cert_file(), "/etc/ssl/certs/ca-certificates.crt",
                           "/etc/pki/tls/certs/ca-bundle.crt"}) {
    std::error_code ignored;
    if (path && std::filesystem::is_regular_file(path, ignored)) return read_file(path);
  }
  return {};
}

}  // namespace mux::inline v0::emulator
