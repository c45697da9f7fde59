// Handshakes of many threads with one context, each with a server in memory: what the connections of an
// origin share are their sessions.

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <openssl/bio.h>

#include "transport/tls.hpp"
#include "unit/transport/certificates.hpp"

namespace mux::test {
namespace {

using transport::ssl_ptr;

transport::origin somewhere() {
  transport::origin to;
  to.host = "localhost";
  return to;
}

/// Both ends of a connection, without a socket and without a thread.
class both_ends {
 public:
  both_ends(transport::tls_context& client, SSL_CTX* server)
      : client_(client.open(somewhere())), server_(SSL_new(server)) {
    BIO *near = nullptr, *far = nullptr;
    BIO_new_bio_pair(&near, 0, &far, 0);
    SSL_set_bio(client_.get(), near, near);
    SSL_set_bio(server_.get(), far, far);
    SSL_set_accept_state(server_.get());
  }
  ~both_ends() {
    for (SSL* const end : {client_.get(), server_.get()})
      SSL_set_shutdown(end, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  }
  both_ends(const both_ends&) = delete;
  both_ends& operator=(const both_ends&) = delete;

  bool shake_hands() {
    constexpr int turns = 20;  // far more than a handshake has flights
    for (int turn = 0; turn < turns; ++turn) {
      const int client = SSL_do_handshake(client_.get());
      if (SSL_do_handshake(server_.get()) == 1 && client == 1) return true;
    }
    return false;
  }
  /// Lets the client take in the tickets that came behind the handshake.
  void read_on() {
    char none = 0;
    EXPECT_LE(SSL_read(client_.get(), &none, 1), 0);
  }
  [[nodiscard]] bool resumed() const { return SSL_session_reused(client_.get()) == 1; }

 private:
  ssl_ptr<SSL> client_, server_;
};

class tls_threads : public testing::TestWithParam<int> {
 protected:
  tls_threads() : server_(SSL_CTX_new(TLS_server_method())) {
    const identity self(certificate_wish{}, trusted_authority::instance().self());
    SSL_CTX_use_certificate(server_.get(), self.certificate());
    SSL_CTX_use_PrivateKey(server_.get(), self.key());
    SSL_CTX_set_max_proto_version(server_.get(), GetParam());
  }

  const std::shared_ptr<transport::tls_context> client_ =
      transport::tls_context::make(trusted_authority::instance().file()).value();
  const ssl_ptr<SSL_CTX> server_;
};

INSTANTIATE_TEST_SUITE_P(speaking, tls_threads, testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
                         [](const auto& c) { return c.param == TLS1_2_VERSION ? "tls_1_2" : "tls_1_3"; });

TEST_P(tls_threads, resume_the_sessions_of_one_another) {
  constexpr int threads = 4, handshakes = 40;
  std::atomic<int> good = 0, resumed = 0;
  std::vector<std::thread> all;
  for (int i = 0; i < threads; ++i) {
    all.emplace_back([&] {
      for (int n = 0; n < handshakes; ++n) {
        both_ends ends(*client_, server_.get());
        if (!ends.shake_hands()) continue;
        ends.read_on();
        ++good;
        if (ends.resumed()) ++resumed;
      }
    });
  }
  for (std::thread& one : all) one.join();
  EXPECT_EQ(good, threads * handshakes);
  // None can be resumed before the first is there; in each thread the next handshake comes after that.
  EXPECT_GE(resumed, threads * (handshakes - 1));
}

// One thread opens a connection between the handshake of another one and the ticket that comes then. The
// turns are told by means that ThreadSanitizer takes for no synchronisation, so that it sees what the context
// leaves unprotected, every time.
TEST_P(tls_threads, open_while_a_session_is_kept) {
  std::atomic<int> turn = 0;
  const auto await = [&turn](int its) {
    while (turn.load(std::memory_order_relaxed) != its) std::this_thread::yield();
  };
  const auto pass = [&turn](int next) { turn.store(next, std::memory_order_relaxed); };

  std::thread opening([&] {
    await(1);
    both_ends second(*client_, server_.get());
    pass(2);
    await(3);
    EXPECT_TRUE(second.shake_hands());
  });
  {
    both_ends first(*client_, server_.get());
    pass(1);
    await(2);
    EXPECT_TRUE(first.shake_hands());
    first.read_on();
    pass(3);
  }
  opening.join();
}

}  // namespace
}  // namespace mux::test
