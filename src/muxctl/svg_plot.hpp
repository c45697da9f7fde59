#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mux::inline v0::muxctl {

/// One axis from 0 to `end`, with labels at some of its values.
struct plot_axis {
  double end = 1;
  std::vector<std::pair<double, std::string>> ticks;
};

/// From 0 to at least `most`, labelled with round numbers.
[[nodiscard]] plot_axis number_axis(double most);
/// The same for bytes.
[[nodiscard]] plot_axis bytes_axis(double most);
/// From 0 to `length`, labelled with round times.
[[nodiscard]] plot_axis time_axis(std::chrono::duration<double> length);

/// A plot as inline SVG. Colours come from classes of the page's style: `done`, `failed`, `limit`, `refused`,
/// `took`, `bytes`.
class svg_plot {
 public:
  using points = std::vector<std::pair<double, double>>;
  /// `what` describes the plot to those who cannot see it.
  svg_plot(std::string_view what, plot_axis x, plot_axis y);

  void line(const points& through, std::string_view style);
  /// The area below a line.
  void area(const points& through, std::string_view style);
  /// A line that stays at a value until the next point.
  void steps(const points& through, std::string_view style);
  /// `what` is shown when the pointer rests on it; plain text.
  void bar(double from, double to, double height, std::string_view style, std::string_view what);
  /// A vertical line.
  void mark(double x, std::string_view what);
  [[nodiscard]] std::string str() const;

 private:
  [[nodiscard]] std::string x(double value) const;
  [[nodiscard]] std::string y(double value) const;
  [[nodiscard]] std::string path(const points& through, bool stepped) const;

  plot_axis x_, y_;
  std::string head_, body_;
};

/// `text` as a part of HTML, with everything that could steer a reader's eye made visible.
[[nodiscard]] std::string html_text(std::string_view text);

}  // namespace mux::inline v0::muxctl
