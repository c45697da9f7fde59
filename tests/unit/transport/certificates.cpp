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

EVP_PKEY* make_key(const certificate_wish& wish) {
  if (wish.rsa_bits == 0) return EVP_EC_gen(wish.curve);
  return EVP_RSA_gen(static_cast<unsigned>(wish.rsa_bits));
}

void add_raw_name(X509* certificate, const std::string& name) {
  GENERAL_NAMES* const names = GENERAL_NAMES_new();
  GENERAL_NAME* const one = GENERAL_NAME_new();
  ASN1_IA5STRING* const text = ASN1_IA5STRING_new();
  ASN1_STRING_set(text, name.data(), static_cast<int>(name.size()));
  GENERAL_NAME_set0_value(one, GEN_DNS, text);
  sk_GENERAL_NAME_push(names, one);
  X509_add1_ext_i2d(certificate, NID_subject_alt_name, names, 0, 0);
  GENERAL_NAMES_free(names);
}

void add_unknown(X509* certificate, const std::string& value) {
  ASN1_OBJECT* const object = OBJ_txt2obj("1.3.6.1.4.1.99999.1", 1);
  ASN1_OCTET_STRING* const text = ASN1_OCTET_STRING_new();
  ASN1_OCTET_STRING_set(text, reinterpret_cast<const unsigned char*>(value.data()),
                        static_cast<int>(value.size()));
  X509_EXTENSION* const made = X509_EXTENSION_create_by_OBJ(nullptr, object, 1, text);
  X509_add_ext(certificate, made, -1);
  X509_EXTENSION_free(made);
  ASN1_OCTET_STRING_free(text);
  ASN1_OBJECT_free(object);
}

void break_signature(X509* certificate) {
  const ASN1_BIT_STRING* signature = nullptr;
  X509_get0_signature(&signature, nullptr, certificate);
  // The last byte of the number, not of its encoding's head.
  const_cast<ASN1_BIT_STRING*>(signature)->data[signature->length - 1] ^= 1;
}

}  // namespace

identity::identity(const certificate_wish& wish)
    : key_(make_key(wish), EVP_PKEY_free), certificate_(X509_new(), X509_free) {
  issue(wish, certificate_.get(), key_.get());
}

identity::identity(const certificate_wish& wish, const identity& issuer)
    : key_(make_key(wish), EVP_PKEY_free), certificate_(X509_new(), X509_free) {
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
  std::string name = wish.common_name;
  if (name.empty()) name = (wish.authority ? "authority " : "server ") + std::to_string(serial);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(made), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(made, X509_get_subject_name(issuer));
  if (wish.constraints.empty())
    extend(made, issuer, NID_basic_constraints, wish.authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  else if (wish.constraints != "none")
    extend(made, issuer, NID_basic_constraints, wish.constraints);
  const std::string key_usage =
      wish.key_usage.empty() && wish.authority ? "critical,keyCertSign" : wish.key_usage;
  if (!key_usage.empty()) extend(made, issuer, NID_key_usage, key_usage);
  if (!wish.authority) extend(made, issuer, NID_ext_key_usage, wish.usage);
  if (!wish.name_constraints.empty()) extend(made, issuer, NID_name_constraints, wish.name_constraints);
  if (!wish.unknown_critical.empty()) add_unknown(made, wish.unknown_critical);
  if (!wish.raw_name.empty())
    add_raw_name(made, wish.raw_name);
  else if (!wish.authority && !wish.names.empty())
    extend(made, issuer, NID_subject_alt_name, wish.names);
  if (X509_sign(made, issuer_key, wish.digest) == 0) throw std::runtime_error("cannot sign");
  if (wish.broken_signature) break_signature(made);
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
