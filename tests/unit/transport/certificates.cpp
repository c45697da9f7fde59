#include "unit/transport/certificates.hpp"

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <unistd.h>

#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace mux::test {
namespace {

void extend(X509* certificate, X509* issuer, int what, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* made = X509V3_EXT_conf_nid(nullptr, &context, what, value.c_str());
  if (made == nullptr) throw std::runtime_error("extension " + value);
  X509_add_ext(certificate, made, -1);
  X509_EXTENSION_free(made);
}

}  // namespace

identity::identity(const certificate_wish& wish)
    : key_(EVP_EC_gen("P-256"), EVP_PKEY_free), certificate_(X509_new(), X509_free) {
  issue(wish, certificate_.get(), key_.get());
}

identity::identity(const certificate_wish& wish, const identity& issuer)
    : key_(EVP_EC_gen("P-256"), EVP_PKEY_free), certificate_(X509_new(), X509_free) {
  issue(wish, issuer.certificate(), issuer.key());
}

void identity::issue(const certificate_wish& wish, X509* issuer, EVP_PKEY* issuer_key) {
  static long serial = 1;
  X509* const made = certificate_.get();
  X509_set_version(made, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made), serial++);
  X509_gmtime_adj(X509_getm_notBefore(made), wish.valid_from);
  X509_gmtime_adj(X509_getm_notAfter(made), wish.valid_until);
  X509_set_pubkey(made, key_.get());
  const std::string name = (wish.authority ? "authority " : "server ") + std::to_string(serial);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(made), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(made, X509_get_subject_name(issuer));
  extend(made, issuer, NID_basic_constraints, wish.authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (wish.authority)
    extend(made, issuer, NID_key_usage, "critical,keyCertSign");
  else
    extend(made, issuer, NID_ext_key_usage, wish.usage);
  if (!wish.authority && !wish.names.empty()) extend(made, issuer, NID_subject_alt_name, wish.names);
  if (X509_sign(made, issuer_key, EVP_sha256()) == 0) throw std::runtime_error("cannot sign");
}

std::string identity::pem() const {
  BIO* const out = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(out, certificate_.get());
  char* text = nullptr;
  const long size = BIO_get_mem_data(out, &text);
  std::string copy(text, static_cast<std::size_t>(size));
  BIO_free(out);
  return copy;
}

trusted_authority::trusted_authority()
    : self_([] {
        certificate_wish wish;
        wish.authority = true;
        return wish;
      }()) {
  const char* folder = std::getenv("TMPDIR");
  file_ = std::string(folder == nullptr ? "/tmp" : folder) + "/mux-test-ca-XXXXXX";
  const int descriptor = mkstemp(file_.data());
  const std::string text = self_.pem();
  if (descriptor < 0 || ::write(descriptor, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    throw std::runtime_error("cannot write " + file_);
  ::close(descriptor);
}

trusted_authority::~trusted_authority() {
  std::remove(file_.c_str());
}

const trusted_authority& trusted_authority::instance() {
  static const trusted_authority one;
  return one;
}

}  // namespace mux::test
