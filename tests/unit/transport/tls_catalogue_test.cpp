// What certificates, chains and handshakes can be like, and which of them a client takes. Whether a
// certificate was revoked is not checked: neither CRLs nor OCSP are asked for.

#include <atomic>

#include "unit/transport/connect_proxy.hpp"
#include "unit/transport/wire_client.hpp"

namespace mux::test {
namespace {

using transport::outcome;

const std::string host = "api.mux.test";

/// What the client at the other end of a tunnel says to this server. The tunnel makes any name lead here.
outcome meet(const server_tls& tls, const std::string& name = host,
             std::size_t most = std::numeric_limits<std::size_t>::max()) {
  loopback_server server(tls, answering(ok()));
  connect_proxy between(server.port(), most);
  transport::network_options options = trusting();
  options.proxy.url = between.url();
  wire_client client(options);
  transport::origin to;
  to.host = name;
  return client.fetch(to);
}

const identity& root() {
  return trusted_authority::instance().self();
}

certificate_wish named(std::string names = "DNS:" + host) {
  certificate_wish wish;
  wish.names = std::move(names);
  return wish;
}

certificate_wish authority() {
  certificate_wish wish;
  wish.authority = true;
  return wish;
}

server_tls serving(const identity& leaf, const std::vector<identity>& chain = {},
                   int version = TLS1_3_VERSION) {
  server_tls tls(leaf, version);
  tls.adjust = [chain](SSL_CTX* context) {
    for (const identity& one : chain) SSL_CTX_add1_chain_cert(context, one.certificate());
  };
  return tls;
}

/// One case. Nothing is wrong if `code` is `none`.
struct meeting {
  const char* name;
  std::function<server_tls()> server;
  errc code = errc::none;
  const char* said = "";  ///< part of the error's detail
  std::string to = host;
};

void PrintTo(const meeting& one, std::ostream* out) {
  *out << one.name;
}

class tls_meeting : public testing::TestWithParam<meeting> {};

TEST_P(tls_meeting, ends_as_it_should) {
  const meeting& one = GetParam();
  const outcome got = meet(one.server(), one.to);
  ASSERT_EQ(code_of(got), one.code) << (got.failure ? got.failure->what.message() : "answered");
  if (!got.failure) return;
  EXPECT_EQ(got.failure->what.phase, call_phase::tls);
  EXPECT_FALSE(got.failure->what.bytes_sent) << "nothing may be told to a server that is not the right one";
  EXPECT_NE(got.failure->what.detail.find(one.said), std::string::npos) << got.failure->what.detail;
}

std::string label(const testing::TestParamInfo<meeting>& info) {
  return info.param.name;
}

/// A leaf with the given names, signed by the trusted root.
std::function<server_tls()> with_names(std::string names) {
  return [names = std::move(names)] { return serving(identity(named(names), root())); };
}
std::function<server_tls()> with(std::function<void(certificate_wish&)> change,
                                 int version = TLS1_3_VERSION) {
  return [change = std::move(change), version] {
    certificate_wish wish = named();
    change(wish);
    return serving(identity(wish, root()), {}, version);
  };
}
/// A leaf signed by an intermediate that `change` makes odd.
std::function<server_tls()> under(std::function<void(certificate_wish&)> change) {
  return [change = std::move(change)] {
    certificate_wish wish = authority();
    change(wish);
    const identity middle(wish, root());
    return serving(identity(named(), middle), {middle});
  };
}

std::string thousand_names(bool with_ours) {
  std::string names;
  for (int i = 0; i < 999; ++i) names += "DNS:host" + std::to_string(i) + ".mux.test,";
  return names + "DNS:" + (with_ours ? host : "other.mux.test");
}

constexpr errc wrong = errc::certificate_wrong_host;
constexpr errc distrust = errc::certificate_untrusted;

INSTANTIATE_TEST_SUITE_P(
    names, tls_meeting,
    testing::Values(
        meeting{"exact", with_names("DNS:api.mux.test")}, meeting{"case", with_names("DNS:API.Mux.Test")},
        meeting{"second_of_two", with_names("DNS:other.test,DNS:api.mux.test")},
        meeting{"wildcard", with_names("DNS:*.mux.test")},
        meeting{"thousand", with_names(thousand_names(true))},
        meeting{"thousand_without_ours", with_names(thousand_names(false)), wrong},
        meeting{"other", with_names("DNS:other.mux.test"), wrong, "verification error 62"},
        meeting{"longer", with_names("DNS:api.mux.test.evil.test"), wrong},
        meeting{"prefixed", with_names("DNS:evilapi.mux.test"), wrong},
        meeting{"parent", with_names("DNS:mux.test"), wrong},
        meeting{"wildcard_for_two_labels", with_names("DNS:*.mux.test"), wrong, "", "a.b.mux.test"},
        meeting{"wildcard_for_the_domain", with_names("DNS:*.mux.test"), wrong, "", "mux.test"},
        meeting{"wildcard_alone", with_names("DNS:*"), wrong},
        meeting{"wildcard_top_level", with_names("DNS:*.test"), wrong, "", "mux.test"},
        meeting{"wildcard_within_a_label", with_names("DNS:a*i.mux.test"), wrong},
        meeting{"wildcard_at_a_labels_end", with_names("DNS:ap*.mux.test"), wrong},
        meeting{"wildcard_inside", with_names("DNS:api.*.test"), wrong},
        meeting{"wildcard_twice", with_names("DNS:*.*.test"), wrong},
        meeting{"common_name_only", with([](auto& w) {
                  w.names = "";
                  w.common_name = host;
                }),
                wrong},
        meeting{"common_name_beside_another", with([](auto& w) {
                  w.names = "DNS:other.test";
                  w.common_name = host;
                }),
                wrong},
        meeting{"no_name", with_names(""), wrong},
        meeting{"email_only", with_names("email:api@mux.test"), wrong},
        meeting{"uri_only", with_names("URI:https://api.mux.test"), wrong},
        meeting{"nul_behind", with([](auto& w) { w.raw_name = host + '\0' + ".evil.test"; }), wrong},
        meeting{"nul_at_the_end", with([](auto& w) { w.raw_name = host + '\0'; }), wrong},
        meeting{"address", with_names("IP:10.1.2.3"), errc::none, "", "10.1.2.3"},
        meeting{"address_6", with_names("IP:fd00::1"), errc::none, "", "fd00::1"},
        meeting{"other_address", with_names("IP:10.1.2.4"), wrong, "", "10.1.2.3"},
        meeting{"name_for_an_address", with_names("DNS:10.1.2.3"), wrong, "", "10.1.2.3"},
        meeting{"address_for_a_name", with_names("IP:10.1.2.3"), wrong}),
    label);

INSTANTIATE_TEST_SUITE_P(
    validity, tls_meeting,
    testing::Values(
        meeting{"expired", with([](auto& w) {
                  w.valid_from = -7200;
                  w.valid_until = -3600;
                }),
                distrust, "expired"},
        meeting{"not_yet", with([](auto& w) {
                  w.valid_from = 3600;
                  w.valid_until = 7200;
                }),
                distrust, "not valid yet"},
        meeting{"expired_intermediate", under([](auto& w) {
                  w.valid_from = -7200;
                  w.valid_until = -3600;
                }),
                distrust, "expired"},
        meeting{"for_clients", with([](auto& w) { w.usage = "clientAuth"; }), distrust, "servers"},
        meeting{"for_mail", with([](auto& w) { w.usage = "emailProtection"; }), distrust, "servers"},
        meeting{"for_signing_certificates", with([](auto& w) { w.key_usage = "critical,keyCertSign"; }),
                distrust, "servers"},
        meeting{"unknown_critical_extension", with([](auto& w) { w.unknown_critical = "?"; }), distrust,
                "verification error 34"}),
    label);

INSTANTIATE_TEST_SUITE_P(
    chains, tls_meeting,
    testing::Values(
        meeting{"intermediate", under([](auto&) {})},
        meeting{"two_in_the_wrong_order",
                [] {
                  const identity upper(authority(), root());
                  const identity lower(authority(), upper);
                  return serving(identity(named(), lower), {upper, lower});
                }},
        meeting{"with_a_stranger",
                [] {
                  const identity middle(authority(), root());
                  return serving(identity(named(), middle), {identity(authority()), middle});
                }},
        meeting{"missing_intermediate",
                [] { return serving(identity(named(), identity(authority(), root()))); }, distrust,
                "no trusted root"},
        meeting{"missing_upper_intermediate",
                [] {
                  const identity lower(authority(), identity(authority(), root()));
                  return serving(identity(named(), lower), {lower});
                },
                distrust, "no trusted root"},
        meeting{"self_signed", [] { return serving(identity(named())); }, distrust, "signed by itself"},
        meeting{"unknown_root", [] { return serving(identity(named(), identity(authority()))); }, distrust,
                "no trusted root"},
        meeting{"unknown_root_sent",
                [] {
                  const identity stranger(authority());
                  return serving(identity(named(), stranger), {stranger});
                },
                distrust, "root is not trusted"},
        meeting{"root_of_the_same_name",
                [] {
                  certificate_wish twin = authority();
                  char name[256] = "";
                  X509_NAME_get_text_by_NID(X509_get_subject_name(root().certificate()), NID_commonName, name,
                                            sizeof name);
                  twin.common_name = name;
                  return serving(identity(named(), identity(twin)));
                },
                distrust},
        meeting{"broken_signature", with([](auto& w) { w.broken_signature = true; }), distrust,
                "signature is wrong"},
        meeting{"broken_signature_of_the_intermediate", under([](auto& w) { w.broken_signature = true; }),
                distrust, "signature is wrong"},
        meeting{"issuer_is_no_authority", under([](auto& w) { w.constraints = "critical,CA:FALSE"; }),
                distrust},
        meeting{"issuer_without_constraints", under([](auto& w) { w.constraints = "none"; }), distrust},
        meeting{"issuer_must_not_sign", under([](auto& w) { w.key_usage = "critical,digitalSignature"; }),
                distrust},
        meeting{"path_too_long",
                [] {
                  certificate_wish last = authority();
                  last.constraints = "critical,CA:TRUE,pathlen:0";
                  const identity upper(last, root());
                  const identity lower(authority(), upper);
                  return serving(identity(named(), lower), {lower, upper});
                },
                distrust, "longer than an issuer allows"},
        meeting{"name_permitted",
                under([](auto& w) { w.name_constraints = "critical,permitted;DNS:mux.test"; })},
        meeting{"name_not_permitted",
                under([](auto& w) { w.name_constraints = "critical,permitted;DNS:other.test"; }), distrust,
                "must not issue"},
        meeting{"name_excluded",
                under([](auto& w) { w.name_constraints = "critical,excluded;DNS:mux.test"; }), distrust,
                "must not issue"}),
    label);

INSTANTIATE_TEST_SUITE_P(
    strength, tls_meeting,
    testing::Values(meeting{"rsa_2048", with([](auto& w) { w.rsa_bits = 2048; })},
                    meeting{"p_384", with([](auto& w) { w.curve = "P-384"; })},
                    meeting{"rsa_512", with([](auto& w) { w.rsa_bits = 512; }, TLS1_2_VERSION), distrust,
                            "too short"},
                    meeting{"rsa_1024", with([](auto& w) { w.rsa_bits = 1024; }), distrust, "too short"},
                    meeting{"rsa_1024_of_the_intermediate", under([](auto& w) { w.rsa_bits = 1024; }),
                            distrust, "too short"},
                    meeting{"sha_1", under([](auto& w) { w.digest = EVP_sha1(); }), distrust, "too weak"},
                    meeting{"md5",
                            [] {
                              certificate_wish rsa = authority(), leaf = named();
                              rsa.rsa_bits = 2048;
                              leaf.digest = EVP_md5();
                              const identity middle(rsa, root());
                              return serving(identity(leaf, middle), {middle});
                            },
                            distrust, "too weak"}),
    label);

std::function<server_tls()> speaking(int version, const char* ciphers = nullptr, bool weak_group = false) {
  return [=] {
    certificate_wish wish = named();
    wish.rsa_bits = 2048;
    server_tls tls(identity(wish, root()), version);
    tls.adjust = [=](SSL_CTX* context) {
      if (ciphers != nullptr) {
        ASSERT_EQ(SSL_CTX_set_cipher_list(context, ciphers), 1) << ciphers;
      }
      if (weak_group) SSL_CTX_set_dh_auto(context, 2);  // 1,024 bits
    };
    return tls;
  };
}

std::function<server_tls()> choosing(std::string protocol) {
  return [protocol] {
    server_tls tls(identity(named(), root()));
    tls.adjust = [protocol](SSL_CTX* context) {
      static std::string chosen;
      chosen = protocol;
      SSL_CTX_set_alpn_select_cb(
          context,
          [](SSL*, const unsigned char** out, unsigned char* size, const unsigned char* in,
             unsigned int length, void*) {
            const std::string_view offered(reinterpret_cast<const char*>(in), length);
            const std::size_t at = offered.find(chosen);
            if (at == std::string_view::npos) return SSL_TLSEXT_ERR_ALERT_FATAL;
            *out = in + at;
            *size = static_cast<unsigned char>(chosen.size());
            return SSL_TLSEXT_ERR_OK;
          },
          nullptr);
    };
    return tls;
  };
}

INSTANTIATE_TEST_SUITE_P(
    protocols, tls_meeting,
    testing::Values(meeting{"tls_1_3", speaking(TLS1_3_VERSION)},
                    meeting{"tls_1_2", speaking(TLS1_2_VERSION)},
                    meeting{"tls_1_1", speaking(TLS1_1_VERSION), errc::tls_failed, "from 1.2 on"},
                    meeting{"tls_1_0", speaking(TLS1_VERSION), errc::tls_failed, "from 1.2 on"},
                    meeting{"without_encryption", speaking(TLS1_2_VERSION, "eNULL:@SECLEVEL=0"),
                            errc::tls_failed, "refused the handshake"},
                    meeting{"without_authentication", speaking(TLS1_2_VERSION, "aNULL:@SECLEVEL=0"),
                            errc::tls_failed, "refused the handshake"},
                    meeting{"weak_diffie_hellman",
                            speaking(TLS1_2_VERSION, "DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0", true),
                            errc::tls_failed, "dh key too small"},
                    meeting{"http_1_1_chosen", choosing("http/1.1")},
                    meeting{"no_protocol_in_common", choosing("h2"), errc::tls_failed}),
    label);

// This OpenSSL can do none of these itself, so that the server's first words are written by hand.
struct old_choice {
  const char* name;
  unsigned char version;  ///< 3.x
  unsigned char cipher[2];
  const char* said = "unknown cipher returned";  ///< part of the error's detail
};

void PrintTo(const old_choice& one, std::ostream* out) {
  *out << one.name;
}

class tls_choice : public testing::TestWithParam<old_choice> {};

TEST_P(tls_choice, of_what_was_not_offered_is_refused) {
  const old_choice& one = GetParam();
  const auto byte = [](int value) { return std::string(1, static_cast<char>(value)); };
  const std::string version = byte(3) + byte(one.version);
  const std::string hello =
      version + std::string(32, 'r') + byte(0) + byte(one.cipher[0]) + byte(one.cipher[1]) + byte(0);
  const std::string message = byte(2) + byte(0) + byte(0) + byte(static_cast<int>(hello.size())) + hello;
  loopback_server server([&](peer& client) {
    client.first_byte();
    client.send(byte(22) + version + byte(0) + byte(static_cast<int>(message.size())) + message);
    client.hold();
  });
  wire_client client;
  const outcome got = client.fetch(server.at(true));
  EXPECT_EQ(code_of(got), errc::tls_failed);
  EXPECT_EQ(phase_of(got), call_phase::tls);
  EXPECT_FALSE(got.failure->what.bytes_sent);
  EXPECT_NE(got.failure->what.detail.find(one.said), std::string::npos) << got.failure->what.detail;
}

INSTANTIATE_TEST_SUITE_P(
    by_the_server, tls_choice,
    testing::Values(old_choice{"ssl_3", 0, {0x00, 0x2f}, "from 1.2 on"},
                    old_choice{"rc4_128_sha", 3, {0x00, 0x05}}, old_choice{"rc4_128_md5", 3, {0x00, 0x04}},
                    old_choice{"3des", 3, {0x00, 0x0a}}, old_choice{"ecdhe_3des", 3, {0xc0, 0x12}},
                    old_choice{"des", 3, {0x00, 0x09}}, old_choice{"export_rc4_40", 3, {0x00, 0x03}},
                    old_choice{"export_des_40", 3, {0x00, 0x08}}),
    [](const auto& c) { return c.param.name; });

TEST(tls_offer, holds_nothing_weak_or_anonymous) {
  struct offer {
    int count = 0;
    std::string weak;
  } seen;
  server_tls tls = good_tls();
  tls.adjust = [&seen](SSL_CTX* context) {
    const auto look = [](SSL* ssl, int*, void* into) {
      const unsigned char* list = nullptr;
      const std::size_t size = SSL_client_hello_get0_ciphers(ssl, &list);
      for (std::size_t at = 0; at + 1 < size; at += 2) {
        if (list[at] == 0 && list[at + 1] == 0xff) continue;  // a signal, not a cipher
        const SSL_CIPHER* const one = SSL_CIPHER_find(ssl, list + at);
        ++static_cast<offer*>(into)->count;
        if (one == nullptr || SSL_CIPHER_get_bits(one, nullptr) < 128 ||
            SSL_CIPHER_get_auth_nid(one) == NID_auth_null)
          static_cast<offer*>(into)->weak += one == nullptr ? "?" : SSL_CIPHER_get_name(one);
      }
      return SSL_CLIENT_HELLO_SUCCESS;
    };
    SSL_CTX_set_client_hello_cb(context, look, &seen);
  };
  {
    loopback_server server(tls, answering(ok()));
    wire_client client;
    ASSERT_TRUE(client.fetch(server.at(true)).response);
  }
  EXPECT_GT(seen.count, 0);
  EXPECT_EQ(seen.weak, "");
}

/// What a client says to a server of TLS 1.2 that asks for another handshake as soon as it has the request.
outcome renegotiate(bool insists) {
  server_tls tls = good_tls();
  tls.version = TLS1_2_VERSION;
  loopback_server server(tls, [insists](peer& client) {
    client.request();
    SSL_renegotiate(client.tls());
    SSL_do_handshake(client.tls());
    // It hears that the client does not want to, which OpenSSL takes for the end.
    if (insists && client.request().empty()) return client.cut();
    client.send(ok());
    client.hold();
  });
  wire_client client;
  return client.fetch(server.at(true), post("{}"));
}

TEST(tls_renegotiation, that_the_server_can_do_without_changes_nothing) {
  const outcome got = renegotiate(false);
  EXPECT_TRUE(got.response) << got.failure->what.message();
}

TEST(tls_renegotiation, that_the_server_insists_on_ends_the_exchange) {
  const outcome got = renegotiate(true);
  ASSERT_EQ(code_of(got), errc::connection_lost_unanswered);
  EXPECT_TRUE(got.failure->what.bytes_sent);
  EXPECT_NE(got.failure->what.detail.find("TLS broke off"), std::string::npos) << got.failure->what.detail;
}

TEST(tls_key_update, is_followed_while_a_request_is_written) {
  std::atomic<std::size_t> arrived = 0;
  loopback_server server(good_tls(), [&](peer& client) {
    client.first_byte();
    SSL_key_update(client.tls(), SSL_KEY_UPDATE_REQUESTED);
    SSL_do_handshake(client.tls());
    client.settle();
    arrived = client.request().size();
    client.send(ok());
    client.hold();
  });
  wire_client client;
  const std::string body(20'000'000, 'x');
  const outcome got = client.fetch(server.at(true), post(body));
  EXPECT_TRUE(got.response) << got.failure->what.message();
  EXPECT_GT(arrived, body.size());
}

// A handshake is about 1,000 bytes from this server; the answer to the request follows.
class tls_cut : public testing::TestWithParam<std::size_t> {};

TEST_P(tls_cut, in_the_servers_part_of_the_handshake_is_no_end_of_an_answer) {
  const outcome got = meet(serving(identity(named(), root())), host, GetParam());
  EXPECT_EQ(code_of(got), errc::tls_failed) << (got.failure ? got.failure->what.message() : "answered");
  EXPECT_EQ(phase_of(got), call_phase::tls);
  EXPECT_FALSE(got.failure->what.bytes_sent);
  EXPECT_NE(got.failure->what.detail.find("closed the connection during the handshake"), std::string::npos)
      << got.failure->what.detail;
}

INSTANTIATE_TEST_SUITE_P(after, tls_cut, testing::Values(1, 4, 5, 6, 40, 100, 127, 200, 400, 600));

TEST(tls_garbage, is_no_handshake) {
  const std::string alert = {21, 3, 3, 0, 2, 2, 40};
  const std::string long_record("\x16\x03\x03\xff\xff", 5);
  for (const std::string& bytes :
       {std::string("SSH-2.0-OpenSSH_9.2\r\n"), std::string("HTTP/1.1 200 OK\r\n\r\n"),
        std::string(100, '\0'), std::string(100, '\xff'), alert, long_record + std::string(70'000, 'x')}) {
    loopback_server server([&](peer& client) {
      client.first_byte();
      client.send(bytes);
      client.hold();
    });
    wire_client client;
    const outcome got = client.fetch(server.at(true));
    EXPECT_EQ(code_of(got), errc::tls_failed) << bytes.substr(0, 20);
    EXPECT_FALSE(got.failure->what.bytes_sent);
  }
}

/// How many of `count` connections, one after the other, took up the session of an earlier one.
int resumed(int version, int count, const std::function<void(SSL_CTX*)>& between) {
  SSL_CTX* context = nullptr;
  std::atomic<int> again = 0;
  server_tls tls = good_tls();
  tls.version = version;
  tls.adjust = [&](SSL_CTX* made) { context = made; };
  loopback_server server(tls, [&](peer& client) {
    if (client.resumed()) ++again;
    client.request();
    client.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    client.close();
  });
  wire_client client;
  for (int i = 0; i < count; ++i) {
    const outcome got = client.fetch(server.at(true));
    EXPECT_TRUE(got.response) << got.failure->what.message();
    if (between) between(context);
  }
  return again;
}

TEST(tls_resumption, takes_up_the_session_on_every_connection_but_the_first) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) EXPECT_EQ(resumed(version, 5, {}), 4) << version;
}

TEST(tls_resumption, falls_back_to_a_full_handshake_when_the_ticket_is_refused) {
  const auto other_keys = [](SSL_CTX* context) {
    static unsigned char next = 0;
    std::string keys(static_cast<std::size_t>(SSL_CTX_set_tlsext_ticket_keys(context, nullptr, 0)),
                     static_cast<char>(++next));
    SSL_CTX_set_tlsext_ticket_keys(context, keys.data(), static_cast<long>(keys.size()));
    SSL_CTX_flush_sessions(context, 0x7fffffff);
  };
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION})
    EXPECT_EQ(resumed(version, 3, other_keys), 0) << version;
}

}  // namespace
}  // namespace mux::test
