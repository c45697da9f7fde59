#include "muxctl/progress.hpp"

#include <array>
#include <limits>
#include <string>
#include <unistd.h>

#include <gtest/gtest.h>

using namespace mux::muxctl;
using namespace std::chrono_literals;
using mux::ingest::row_state;

namespace {

mux::ingest::progress at(std::uint64_t created, std::uint64_t total) {
  mux::ingest::progress p;
  p.rows[row_state::created] = created;
  p.rows[row_state::planned] = total - created;
  p.allowed_rate = 1;
  p.eta = std::chrono::seconds(total - created);
  return p;
}

// What the display writes to a stream that is no terminal.
class plain_stream {
 public:
  plain_stream() {
    if (::pipe(ends_.data()) != 0) throw std::runtime_error("pipe");
  }
  ~plain_stream() {
    ::close(ends_[0]);
    if (ends_[1] >= 0) ::close(ends_[1]);
  }
  [[nodiscard]] int descriptor() const { return ends_[1]; }
  std::string text() {
    ::close(ends_[1]);
    ends_[1] = -1;
    std::string all;
    std::array<char, 4096> buffer;
    for (ssize_t size; (size = ::read(ends_[0], buffer.data(), buffer.size())) > 0;)
      all.append(buffer.data(), static_cast<std::size_t>(size));
    return all;
  }

 private:
  std::array<int, 2> ends_{};
};

std::size_t lines(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

TEST(progress_line, says_where_the_batch_stands_against_the_limit) {
  mux::ingest::progress p = at(12, 40);
  p.measured_rate = 0.97;
  EXPECT_EQ(progress_line(p),
            "created 12/40 (30%), 1.0/s of 1.0/s allowed, about 28s left, failed 0, ambiguous 0, 429s 0");
}

TEST(progress_line, leaves_out_what_is_not_known_yet) {
  EXPECT_EQ(progress_line(at(0, 40)),
            "created 0/40 (0%), 1.0/s allowed, about 40s left, failed 0, ambiguous 0, 429s 0");
}

TEST(progress_line, has_no_time_left_at_the_end_and_no_rate_without_limit) {
  mux::ingest::progress p = at(40, 40);
  p.allowed_rate = std::numeric_limits<double>::infinity();
  EXPECT_EQ(progress_line(p), "created 40/40 (100%), failed 0, ambiguous 0, 429s 0");
}

TEST(progress_line, counts_refused_rows_as_dealt_with_and_ambiguous_ones_not) {
  mux::ingest::progress p = at(5, 7);
  p.rows[row_state::failed] = 2;
  p.rows[row_state::ambiguous] = 1;
  p.throttled = 3;
  const std::string line = progress_line(p);
  EXPECT_TRUE(line.starts_with("created 5/10 (70%)")) << line;
  EXPECT_TRUE(line.ends_with("failed 2, ambiguous 1, 429s 3")) << line;
}

TEST(progress_line, of_an_empty_manifest_is_complete) {
  EXPECT_TRUE(progress_line(at(0, 0)).starts_with("created 0/0 (100%)"));
}

TEST(progress_display, writes_a_plain_line_at_each_tenth_off_a_terminal) {
  plain_stream stream;
  output out(STDOUT_FILENO, stream.descriptor(), colour_mode::automatic, verbosity::normal);
  const progress_display::time_point begin{};
  progress_display display(out, begin);
  for (std::uint64_t created = 0; created <= 100; ++created) display.update(at(created, 100), begin + 1s);
  EXPECT_EQ(lines(stream.text()), 10U);
}

TEST(progress_display, writes_a_plain_line_every_ten_seconds_off_a_terminal) {
  plain_stream stream;
  output out(STDOUT_FILENO, stream.descriptor(), colour_mode::automatic, verbosity::normal);
  const progress_display::time_point begin{};
  progress_display display(out, begin);
  for (int second = 0; second <= 60; ++second)
    display.update(at(1, 1000), begin + std::chrono::seconds(second));
  EXPECT_EQ(lines(stream.text()), 6U);
}

TEST(progress_display, says_nothing_when_quiet) {
  plain_stream stream;
  output out(STDOUT_FILENO, stream.descriptor(), colour_mode::automatic, verbosity::quiet);
  progress_display display(out, {});
  for (std::uint64_t created = 0; created <= 100; ++created) display.update(at(created, 100), {});
  EXPECT_EQ(stream.text(), "");
}
