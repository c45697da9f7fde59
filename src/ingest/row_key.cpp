#include "ingest/row_key.hpp"

#include <memory>
#include <new>
#include <string>

#include <openssl/evp.h>

#include "ingest/url_signature.hpp"

namespace mux::inline v0::ingest {
namespace {

// `SHA256` looks its algorithm up in a table with locks for every row, which takes longer than the hash.
class sha256 {
 public:
  sha256() : kind_(EVP_MD_fetch(nullptr, "SHA256", nullptr)), context_(EVP_MD_CTX_new()) {
    if (!kind_ || !context_) throw std::bad_alloc();
  }

  row_key operator()(const std::string& text) {
    row_key key;
    if (EVP_DigestInit_ex2(context_.get(), kind_.get(), nullptr) != 1 ||
        EVP_DigestUpdate(context_.get(), text.data(), text.size()) != 1 ||
        EVP_DigestFinal_ex(context_.get(), key.data(), nullptr) != 1)
      throw std::bad_alloc();
    return key;
  }

 private:
  struct freer {
    void operator()(EVP_MD* kind) const noexcept { EVP_MD_free(kind); }
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD, freer> kind_;
  std::unique_ptr<EVP_MD_CTX, freer> context_;
};

}  // namespace

row_key key_of(const manifest_row& row) {
  thread_local sha256 hash;
  thread_local std::string canonical;
  // Lengths keep cells apart; the first line names the form, so that another one can never give the same key.
  // Rows that the first form can describe keep their key for ever: journals live by it.
  const bool first_form = row.file.empty() && row.settings.empty();
  canonical = first_form ? "mux row 1\n" : "mux row 2\n";
  const auto add = [&](const std::string& cell) {
    canonical += std::to_string(cell.size());
    canonical += ':';
    canonical += cell;
  };
  add(without_signature(row.url));
  for (const std::string* cell : {&row.title, &row.external_id, &row.creator_id, &row.passthrough,
                                  &row.playback_policy, &row.video_quality})
    add(*cell);
  if (!first_form) {
    add(row.file);
    add(row.settings);
  }
  return hash(canonical);
}

}  // namespace mux::inline v0::ingest
