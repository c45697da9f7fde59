// What went through a connection does not stay in memory when the connection is gone.

#include <fcntl.h>
#include <fstream>
#include <future>
#include <sstream>
#include <unistd.h>
#include <vector>

#include <openssl/crypto.h>

#include "unit/transport/wire_client.hpp"

namespace mux::test {
namespace {

/// A text that stands nowhere in this program as such.
class canary {
 public:
  explicit canary(std::string_view masked) : masked_(masked) {}
  [[nodiscard]] std::size_t size() const { return masked_.size(); }
  [[nodiscard]] char at(std::size_t i) const { return static_cast<char>(masked_[i] ^ mask); }
  [[nodiscard]] bool stands_at(const char* where) const {
    for (std::size_t i = 0; i < size(); ++i)
      if (where[i] != at(i)) return false;
    return true;
  }

 private:
  static constexpr char mask = 0x15;
  std::string_view masked_;
};

/// In all memory of this process that can be written, whether it is in use or was given back.
int count_in_memory(const canary& secret) {
  constexpr std::uint64_t not_ours = std::uint64_t{8} << 30;  // a sanitizer's own, mostly never touched
  std::vector<char> part(1 << 20);
  const int memory = ::open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
  std::ifstream maps("/proc/self/maps");
  int found = 0;
  for (std::string line; std::getline(maps, line);) {
    std::uint64_t begin = 0, end = 0;
    char dash = 0;
    std::string rights;
    std::istringstream(line) >> std::hex >> begin >> dash >> end >> rights;
    if (!rights.starts_with("rw") || end - begin > not_ours) continue;
    while (begin < end) {
      const std::size_t want = std::min<std::uint64_t>(part.size(), end - begin);
      const ssize_t got = ::pread(memory, part.data(), want, static_cast<off_t>(begin));
      if (got < static_cast<ssize_t>(secret.size())) break;
      for (std::size_t i = 0; i + secret.size() <= static_cast<std::size_t>(got); ++i)
        if (secret.stands_at(part.data() + i)) ++found;
      if (begin + static_cast<std::uint64_t>(got) >= end) break;
      begin += static_cast<std::uint64_t>(got) - (secret.size() - 1);
    }
  }
  ::close(memory);
  return found;
}

TEST(connection, leaves_neither_request_nor_answer_in_memory_when_it_is_gone) {
  const canary sent("FPVGPA8ARPD8ARYTC8ESRAQCA"), received("FPVGPA8ARPP8ARYTC8VZAQNCQ");
  std::promise<void> searched;
  std::future<void> searching = searched.get_future();
  const loopback_server server([&](peer& client) {
    client.first_byte();  // the rest stays where this process does not see it
    for (const char byte :
         "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(received.size()) + "\r\n\r\n")
      client.send(std::string_view(&byte, 1));
    for (std::size_t i = 0; i < received.size(); ++i) {
      const char byte = received.at(i);
      client.send(std::string_view(&byte, 1));
    }
    searching.wait();
  });
  transport::headers fields{{"Authorization", ""}};
  std::string& value = fields[0].second;
  value.reserve(sent.size());
  for (std::size_t i = 0; i < sent.size(); ++i) value += sent.at(i);
  auto client = std::make_unique<wire_client>();
  {
    transport::wire_request request;
    request.target = "/";
    request.fields = &fields;
    transport::outcome got = client->fetch(server.at(false), request);
    ASSERT_TRUE(got.response);
    ASSERT_TRUE(received.stands_at(got.response->body.c_str()));
    OPENSSL_cleanse(got.response->body.data(), got.response->body.size());
  }
  EXPECT_GE(count_in_memory(sent), 2) << "the search must find what is there";
  OPENSSL_cleanse(value.data(), value.size());
  client.reset();
  EXPECT_EQ(count_in_memory(sent), 0);
  EXPECT_EQ(count_in_memory(received), 0);
  searched.set_value();
}

}  // namespace
}  // namespace mux::test
