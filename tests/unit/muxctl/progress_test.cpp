#include "muxctl/progress.hpp"

#include <array>
#include <limits>
#include <string>
#include <unistd.h>

#include <gtest/gtest.h>

#include "muxctl/escape.hpp"

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

TEST(progress_line, adds_bytes_uploads_and_a_pause_if_there_are_any) {
  mux::ingest::progress p = at(1, 2);
  p.bytes = {4096, 1536};
  p.bytes_rate = 512;
  p.uploads = 3;
  const std::string line = progress_line(p, {limiter_view::state::paused, 3s});
  EXPECT_TRUE(line.ends_with(", 1.5 KiB of 4.0 KiB at 512 B/s, uploading 3, paused 3.0s after a 429"))
      << line;
}

TEST(progress_line, counts_assets_that_could_not_be_processed_as_failed) {
  mux::ingest::progress p = at(1, 2);
  p.rows[row_state::errored] = 2;
  EXPECT_NE(progress_line(p).find("failed 2"), std::string::npos);
}

TEST(limiter_view, says_why_creates_wait) {
  using state = limiter_view::state;
  mux::ingest::progress p = at(1, 10);
  EXPECT_EQ(view_of(p, 0s).now, state::open);
  p.queued = 2;
  EXPECT_EQ(view_of(p, -1s).now, state::waiting);
  p.measured_rate = 0.95;
  EXPECT_EQ(view_of(p, 0s).now, state::full_rate);
  EXPECT_EQ(view_of(p, 1s).now, state::paused);
}

TEST(progress_bar, fills_with_the_share_of_rows_that_are_dealt_with) {
  EXPECT_EQ(progress_bar(at(5, 10), {}, 56, false),
            "created 5/10 (50%) [#########---------] 1.0/s, 5.0s left");
  EXPECT_NE(progress_bar(at(0, 10), {}, 80, false).find("[----------------------------]"), std::string::npos);
  EXPECT_NE(progress_bar(at(10, 10), {}, 80, false).find("[############################]"),
            std::string::npos);
}

TEST(progress_bar, draws_eighths_of_a_cell_where_the_terminal_can_show_them) {
  mux::ingest::progress p = at(1, 16);
  p.allowed_rate = 0;
  const std::string bar = progress_bar(p, {}, 60, true);
  // 1/16 of 30 cells is 1 and 7/8.
  EXPECT_NE(bar.find("█▉░"), std::string::npos) << bar;
}

TEST(progress_bar, leaves_out_what_finds_no_room_and_never_is_too_long) {
  mux::ingest::progress p = at(10, 100);
  p.rows[row_state::failed] = 3;
  p.rows[row_state::ambiguous] = 2;
  p.bytes = {1U << 30U, 1U << 20U};
  p.throttled = 7;
  p.measured_rate = 0.5;
  for (const bool unicode : {false, true})
    for (std::size_t columns = 30; columns < 200; ++columns) {
      const std::string bar = progress_bar(p, {limiter_view::state::waiting, 0s}, columns, unicode);
      EXPECT_LE(display_width(bar), columns) << bar;
      EXPECT_TRUE(bar.starts_with("created 10/105 (12%)")) << bar;
    }
  EXPECT_EQ(progress_bar(p, {}, 50, false).find("429s"), std::string::npos);
  EXPECT_NE(progress_bar(p, {}, 50, false).find("failed 3"), std::string::npos);
  EXPECT_NE(progress_bar(p, {}, 190, false).find("429s 7"), std::string::npos);
}

TEST(shows_unicode, asks_the_first_variable_that_says_anything) {
  EXPECT_TRUE(shows_unicode(nullptr, "", "de_DE.UTF-8"));
  EXPECT_TRUE(shows_unicode(nullptr, "C.utf8", "C"));
  EXPECT_FALSE(shows_unicode("C", "de_DE.UTF-8", "de_DE.UTF-8"));
  EXPECT_FALSE(shows_unicode(nullptr, nullptr, nullptr));
}

TEST(progress_display, writes_a_plain_line_at_each_percent_off_a_terminal) {
  plain_stream stream;
  output out(STDOUT_FILENO, stream.descriptor(), colour_mode::automatic, verbosity::normal);
  const progress_display::time_point begin{};
  progress_display display(out, begin);
  for (std::uint64_t created = 0; created <= 200; ++created) display.update(at(created, 200), {}, begin + 1s);
  EXPECT_EQ(lines(stream.text()), 100U);
}

TEST(progress_display, writes_a_plain_line_every_ten_seconds_off_a_terminal) {
  plain_stream stream;
  output out(STDOUT_FILENO, stream.descriptor(), colour_mode::automatic, verbosity::normal);
  const progress_display::time_point begin{};
  progress_display display(out, begin);
  for (int second = 0; second <= 60; ++second)
    display.update(at(1, 1000), {}, begin + std::chrono::seconds(second));
  EXPECT_EQ(lines(stream.text()), 6U);
}

TEST(progress_display, keeps_to_the_interval_that_it_is_given) {
  for (const auto& [interval, expected] : {std::pair(20s, 3U), std::pair(0s, 0U)}) {
    plain_stream stream;
    output out(STDOUT_FILENO, stream.descriptor(), colour_mode::automatic, verbosity::normal);
    const progress_display::time_point begin{};
    progress_display display(out, begin, interval);
    for (int second = 0; second <= 60; ++second)
      display.update(at(static_cast<std::uint64_t>(second), 60), {}, begin + std::chrono::seconds(second));
    EXPECT_EQ(lines(stream.text()), expected);
  }
}

TEST(progress_display, says_nothing_when_quiet) {
  plain_stream stream;
  output out(STDOUT_FILENO, stream.descriptor(), colour_mode::automatic, verbosity::quiet);
  progress_display display(out, {});
  for (std::uint64_t created = 0; created <= 100; ++created) display.update(at(created, 100), {}, {});
  EXPECT_EQ(stream.text(), "");
}
