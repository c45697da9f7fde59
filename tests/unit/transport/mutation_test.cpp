// Answers damaged at random, always the same way: whatever comes, the parser ends with an answer or a typed
// error, takes no more than it was given, and does the same however the bytes are split.

#include <random>

#include <gtest/gtest.h>

#include "unit/transport/reading.hpp"
#include "unit/transport/sound_answers.hpp"

namespace mux::test {
namespace {

constexpr std::uint32_t seed = 20261122;
constexpr int rounds = 20'000;

class damage {
 public:
  std::string operator()(std::string text) {
    for (unsigned left = 1 + random_() % 4; left > 0 && !text.empty(); --left) {
      const std::size_t at = random_() % text.size();
      switch (random_() % 6) {
        case 0:
          text[at] = static_cast<char>(random_());
          break;
        case 1:
          text[at] = static_cast<char>(text[at] ^ (1 << random_() % 8));
          break;
        case 2:
          text.erase(at, 1 + random_() % 4);
          break;
        case 3:
          text.insert(at, text.substr(random_() % text.size(), random_() % 40));
          break;
        case 4:
          text.resize(at);
          break;
        default:
          text.insert(at, pieces_[random_() % std::size(pieces_)]);
          break;
      }
    }
    return text;
  }

 private:
  static constexpr std::string_view pieces_[] = {"\r\n",
                                                 "\n",
                                                 "\r",
                                                 "0\r\n\r\n",
                                                 "Content-Length: 5\r\n",
                                                 "Transfer-Encoding: chunked\r\n",
                                                 "Content-Encoding: gzip\r\n",
                                                 "HTTP/1.1 200 OK\r\n",
                                                 "ffffffffffffffff",
                                                 " ",
                                                 ":",
                                                 "-1",
                                                 "\x1f\x8b\x08"};
  std::mt19937 random_{seed};
};

TEST(response_parser, is_sound_whatever_the_damage) {
  const std::vector<std::string> sound = sound_answers();
  response_limits limits;
  limits.header = 4096;
  limits.body = 64 * 1024;
  damage damaged;
  int usable = 0;
  for (int round = 0; round < rounds; ++round) {
    const std::string bytes = damaged(sound[static_cast<std::size_t>(round) % sound.size()]);
    const reading whole = read(bytes, std::string_view::npos, limits);
    ASSERT_NE(whole.complete, whole.code != errc::none) << "seed " << seed << ", round " << round;
    ASSERT_LE(whole.rest, bytes.size());
    ASSERT_LE(whole.response.body.size(), limits.body);
    const reading split = read(bytes, 1 + static_cast<std::size_t>(round) % 5, limits);
    ASSERT_EQ(split.code, whole.code) << "seed " << seed << ", round " << round << ": " << bytes;
    if (!whole.complete) continue;
    ++usable;
    ASSERT_EQ(split.response.status, whole.response.status) << "seed " << seed << ", round " << round;
    ASSERT_TRUE(split.response.body == whole.response.body) << "seed " << seed << ", round " << round;
    ASSERT_EQ(split.rest, whole.rest) << "seed " << seed << ", round " << round;
    ASSERT_EQ(split.keep_alive, whole.keep_alive) << "seed " << seed << ", round " << round;
  }
  EXPECT_GT(usable, rounds / 20) << "damage that leaves nothing to read tests little";
  EXPECT_LT(usable, rounds);
}

}  // namespace
}  // namespace mux::test
