#include "emulator/certificate.hpp"

#include <memory>
#include <stdexcept>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

namespace mux::inline v0::emulator {
namespace {

template <auto Free>
struct deleter {
  template <class T>
  void operator()(T* p) const noexcept {
    Free(p);
  }
};
using key_ptr = std::unique_ptr<EVP_PKEY, deleter<EVP_PKEY_free>>;
using x509_ptr = std::unique_ptr<X509, deleter<X509_free>>;
using bio_ptr = std::unique_ptr<BIO, deleter<BIO_free>>;
using extension_ptr = std::unique_ptr<X509_EXTENSION, deleter<X509_EXTENSION_free>>;
using number_ptr = std::unique_ptr<BIGNUM, deleter<BN_free>>;

void require(bool done) {
  if (!done) throw std::runtime_error("OpenSSL cannot make a certificate");
}

key_ptr make_key() {
  key_ptr key(EVP_EC_gen("P-256"));
  require(key != nullptr);
  return key;
}

void add_extension(X509& certificate, X509& issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, &issuer, &certificate, nullptr, nullptr, 0);
  const extension_ptr extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  require(extension && X509_add_ext(&certificate, extension.get(), -1) == 1);
}

/// Unsigned, with everything that both certificates need.
x509_ptr make_draft(EVP_PKEY& key, const char* name) {
  x509_ptr draft(X509_new());
  require(draft != nullptr);
  const number_ptr serial(BN_new());
  require(serial && BN_rand(serial.get(), 127, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
          BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(draft.get())));
  constexpr long day = 24 * 60 * 60;
  auto* subject = X509_get_subject_name(draft.get());
  // A client whose clock is days behind is one of the things that are tried out here.
  require(X509_set_version(draft.get(), X509_VERSION_3) == 1 &&
          X509_gmtime_adj(X509_getm_notBefore(draft.get()), -7 * day) &&
          X509_gmtime_adj(X509_getm_notAfter(draft.get()), 365 * day) &&
          X509_set_pubkey(draft.get(), &key) == 1 &&
          X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                     reinterpret_cast<const unsigned char*>(name), -1, -1, 0) == 1);
  return draft;
}

template <class Write>
std::string to_pem(Write write) {
  const bio_ptr bio(BIO_new(BIO_s_mem()));
  require(bio && write(bio.get()) == 1);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return std::string(data, static_cast<std::size_t>(size));
}

std::string to_pem(X509& certificate) {
  return to_pem([&](BIO* bio) { return PEM_write_bio_X509(bio, &certificate); });
}

}  // namespace

certificate make_certificate(const std::string& address) {
  const auto ca_key = make_key();
  const auto ca = make_draft(*ca_key, "mux-emulator CA");
  require(X509_set_issuer_name(ca.get(), X509_get_subject_name(ca.get())) == 1);
  add_extension(*ca, *ca, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  add_extension(*ca, *ca, NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(*ca, *ca, NID_subject_key_identifier, "hash");
  require(X509_sign(ca.get(), ca_key.get(), EVP_sha256()) > 0);

  const auto key = make_key();
  const auto leaf = make_draft(*key, "mux-emulator");
  const auto names = "DNS:localhost,IP:127.0.0.1,IP:::1" + (address.empty() ? "" : ",IP:" + address);
  require(X509_set_issuer_name(leaf.get(), X509_get_subject_name(ca.get())) == 1);
  add_extension(*leaf, *ca, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(*leaf, *ca, NID_key_usage, "critical,digitalSignature");
  add_extension(*leaf, *ca, NID_ext_key_usage, "serverAuth");
  add_extension(*leaf, *ca, NID_subject_alt_name, names.c_str());
  add_extension(*leaf, *ca, NID_subject_key_identifier, "hash");
  add_extension(*leaf, *ca, NID_authority_key_identifier, "keyid:always");
  require(X509_sign(leaf.get(), ca_key.get(), EVP_sha256()) > 0);

  return {to_pem(*ca), to_pem(*leaf), to_pem([&](BIO* bio) {
            return PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
          })};
}

}  // namespace mux::inline v0::emulator
