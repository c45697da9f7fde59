#include "ingest/send_file.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include <openssl/evp.h>

#include <mux/upload.hpp>

namespace mux::inline v0::ingest {
namespace {

/// A file that is hashed from its first byte on, whatever part of it is asked for and how often.
class hashed_file final : public body_source {
 public:
  explicit hashed_file(file_source file) : file_(std::move(file)), hash_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
    EVP_DigestInit_ex(hash_.get(), EVP_sha256(), nullptr);
  }

  [[nodiscard]] std::uint64_t size() const override { return file_.size(); }

  asio::awaitable<mux::result<std::size_t>> read(std::uint64_t offset, std::span<char> into) override {
    mux::result<void> caught_up = co_await hash_up_to(offset);
    if (!caught_up) co_return std::move(caught_up).error();
    mux::result<std::size_t> got = co_await file_.read(offset, into);
    if (got) note(offset, std::string_view(into.data(), *got));
    co_return got;
  }

  /// Of the whole file.
  asio::awaitable<mux::result<std::string>> checksum() {
    mux::result<void> whole = co_await hash_up_to(size());
    if (!whole) co_return std::move(whole).error();
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int length = 0;
    EVP_DigestFinal_ex(hash_.get(), digest.data(), &length);
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (unsigned int i = 0; i < length; ++i) {
      text += digits[digest[i] >> 4];
      text += digits[digest[i] & 15];
    }
    co_return text;
  }

 private:
  asio::awaitable<mux::result<void>> hash_up_to(std::uint64_t end) {
    std::vector<char> piece;
    while (hashed_ < end) {
      piece.resize(std::min<std::uint64_t>(end - hashed_, 256 * 1024));
      mux::result<std::size_t> got = co_await file_.read(hashed_, piece);
      if (!got) co_return std::move(got).error();
      if (*got == 0) break;
      note(hashed_, std::string_view(piece.data(), *got));
    }
    co_return mux::result<void>();
  }

  void note(std::uint64_t offset, std::string_view bytes) {
    if (offset > hashed_ || offset + bytes.size() <= hashed_) return;
    bytes.remove_prefix(hashed_ - offset);
    EVP_DigestUpdate(hash_.get(), bytes.data(), bytes.size());
    hashed_ += bytes.size();
  }

  file_source file_;
  std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> hash_;
  std::uint64_t hashed_ = 0;
};

}  // namespace

asio::awaitable<mux::result<sent_file>> send_file(const client& by, file_on_its_way file,
                                                  on_durable progress) {
  mux::result<file_source> opened = file_source::open(file.path);
  if (!opened) co_return std::move(opened).error();
  if (opened->size() != file.size || opened->modified().time_since_epoch().count() != file.modified)
    co_return mux::error(mux::errc::source_changed, file.path + " is not the file that it was");
  hashed_file source(std::move(*opened));
  upload_options options;
  options.resume = file.resume;
  options.on_progress = [progress = std::move(progress)](std::uint64_t durable, std::uint64_t) {
    progress(durable);
  };
  mux::result<upload_outcome> done = co_await by.try_upload(file.url, source, std::move(options));
  if (!done) co_return std::move(done).error();
  sent_file sent;
  mux::result<std::string> checksum = co_await source.checksum();
  // All bytes are at Mux: a file that cannot be read any more costs its checksum only.
  if (checksum) sent.checksum = std::move(*checksum);
  co_return sent;
}

}  // namespace mux::inline v0::ingest
