#include "muxctl/svg_plot.hpp"

#include <gtest/gtest.h>

using namespace mux::muxctl;
using namespace std::chrono_literals;

namespace {

std::vector<std::string> labels(const plot_axis& axis) {
  std::vector<std::string> texts;
  for (const auto& [value, text] : axis.ticks) texts.push_back(text);
  return texts;
}

}  // namespace

TEST(plot_axis, has_round_numbers_up_to_the_largest_value) {
  EXPECT_EQ(labels(number_axis(40)), (std::vector<std::string>{"0", "10", "20", "30", "40"}));
  EXPECT_EQ(labels(number_axis(1.15)), (std::vector<std::string>{"0", "0.5", "1", "1.5"}));
  EXPECT_EQ(labels(number_axis(40'000)).back(), "40k");
  EXPECT_GE(number_axis(1'234'567).end, 1'234'567);
  EXPECT_EQ(number_axis(0).end, 1);
}

TEST(plot_axis, of_time_has_round_times_and_ends_with_the_time) {
  EXPECT_EQ(labels(time_axis(60s)),
            (std::vector<std::string>{"0", "10s", "20s", "30s", "40s", "50s", "1m00s"}));
  EXPECT_EQ(time_axis(11h).end, 11 * 3600);
  EXPECT_LE(time_axis(11h).ticks.size(), 8U);
  EXPECT_LE(time_axis(24h * 90).ticks.size(), 8U);
}

TEST(plot_axis, of_bytes_counts_in_powers_of_two) {
  EXPECT_EQ(labels(bytes_axis(4.0 * 1024 * 1024)).back(), "4.0 MiB");
}

TEST(html_text, leaves_nothing_that_means_something_to_a_browser_or_steers_the_eye) {
  EXPECT_EQ(html_text("<b a=\"x\" c='y'>&\x1b[2J\u202e\xff"),
            "&lt;b a=&quot;x&quot; c=&#39;y&#39;&gt;&amp;\\x1b[2J\\u{202e}\\xff");
}

TEST(svg_plot, draws_from_the_axes_corner_to_the_largest_values) {
  svg_plot plot("what <it> shows", time_axis(10s), number_axis(4));
  plot.line({{0, 0}, {10, 4}}, "done");
  const std::string svg = plot.str();
  EXPECT_NE(svg.find("d=\"M58.0 200.0L546.0 12.0\""), std::string::npos) << svg;
  EXPECT_NE(svg.find("aria-label=\"what &lt;it&gt; shows\""), std::string::npos);
}

TEST(svg_plot, keeps_values_beyond_the_axes_inside) {
  svg_plot plot("x", time_axis(10s), number_axis(4));
  plot.bar(0, 1, 1e9, "done", "a & b");
  EXPECT_NE(plot.str().find("height=\"188.0\""), std::string::npos) << plot.str();
  EXPECT_NE(plot.str().find("<title>a &amp; b</title>"), std::string::npos);
}
