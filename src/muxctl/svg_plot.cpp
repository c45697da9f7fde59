#include "muxctl/svg_plot.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "muxctl/duration.hpp"
#include "muxctl/escape.hpp"
#include "muxctl/text_report.hpp"

namespace mux::inline v0::muxctl {

namespace {

constexpr double width = 560, height = 230, left = 58, right = 14, top = 12, bottom = 30;

std::string fixed(double value) {
  std::array<char, 32> text;
  std::snprintf(text.data(), text.size(), "%.1f", value);
  return text.data();
}

std::string short_number(double value) {
  std::array<char, 32> text;
  const double size = std::abs(value);
  if (size >= 1e6)
    std::snprintf(text.data(), text.size(), "%gM", value / 1e6);
  else if (size >= 1e4)
    std::snprintf(text.data(), text.size(), "%gk", value / 1e3);
  else
    std::snprintf(text.data(), text.size(), "%g", value);
  return text.data();
}

// The smallest of 1, 2 and 5 times a power of ten that is not less.
double round_up(double step) {
  const double power = std::pow(10, std::floor(std::log10(step)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (factor * power >= step * (1 - 1e-9)) return factor * power;
  return 10 * power;
}

template <class Label>
plot_axis axis_of(double most, double step, const Label& label) {
  plot_axis axis;
  const auto count = static_cast<int>(std::ceil(most / step - 1e-9));
  for (int i = 0; i <= count; ++i) axis.ticks.emplace_back(i * step, label(i * step));
  axis.end = count * step;
  return axis;
}

}  // namespace

plot_axis number_axis(double most) {
  most = std::isfinite(most) && most > 0 ? most : 1;
  return axis_of(most, round_up(most / 4), short_number);
}

plot_axis bytes_axis(double most) {
  most = std::max(most, 1.0);
  const double unit = std::exp2(10 * std::floor(std::log2(most) / 10));
  return axis_of(most, std::max(1.0, round_up(most / unit / 4) * unit),
                 [](double value) { return format_bytes(static_cast<std::uint64_t>(value)); });
}

plot_axis time_axis(std::chrono::duration<double> length) {
  const double most = std::max(length.count(), 0.1);
  constexpr std::array<double, 22> steps = {0.1,  0.2,   0.5,   1,     2,     5,     10,   15,
                                            30,   60,    120,   300,   600,   900,   1800, 3600,
                                            7200, 10800, 21600, 43200, 86400, 172800};
  const auto* const fits = std::find_if(steps.begin(), steps.end(), [&](double s) { return most / s <= 6; });
  const double step = fits != steps.end() ? *fits : round_up(most / 6 / 86400) * 86400;
  plot_axis axis;
  axis.end = most;
  for (double at = 0; at <= most * 1.0001; at += step)
    axis.ticks.emplace_back(
        at, at == 0 ? "0" : format_duration(std::chrono::nanoseconds(std::llround(at * 1e9))));
  return axis;
}

std::string html_text(std::string_view text) {
  std::string out;
  for (const char c : escape_for_terminal(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

svg_plot::svg_plot(std::string_view what, plot_axis x_axis, plot_axis y_axis)
    : x_(std::move(x_axis)), y_(std::move(y_axis)) {
  head_ = "<svg viewBox=\"0 0 560 230\" role=\"img\" aria-label=\"" + html_text(what) + "\">\n";
  for (const auto& [value, label] : y_.ticks)
    head_ += "<line class=\"grid\" x1=\"" + fixed(left) + "\" x2=\"" + fixed(width - right) + "\" y1=\"" +
             y(value) + "\" y2=\"" + y(value) + "\"/><text class=\"y\" x=\"" + fixed(left - 8) + "\" y=\"" +
             y(value) + "\">" + html_text(label) + "</text>\n";
  for (const auto& [value, label] : x_.ticks)
    head_ += "<text class=\"x\" x=\"" + x(value) + "\" y=\"" + fixed(height - 10) + "\">" + html_text(label) +
             "</text>\n";
}

void svg_plot::line(const points& through, std::string_view style) {
  if (through.empty()) return;
  body_ += "<path class=\"line " + std::string(style) + "\" d=\"" + path(through, false) + "\"/>\n";
}

void svg_plot::steps(const points& through, std::string_view style) {
  if (through.empty()) return;
  body_ += "<path class=\"line " + std::string(style) + "\" d=\"" + path(through, true) + "\"/>\n";
}

void svg_plot::area(const points& through, std::string_view style) {
  if (through.empty()) return;
  body_ += "<path class=\"area " + std::string(style) + "\" d=\"" + path(through, false) + "V" + y(0) + "H" +
           x(through.front().first) + "Z\"/>\n";
}

void svg_plot::bar(double from, double to, double value, std::string_view style, std::string_view what) {
  const double plot = width - left - right;
  const double gap = std::min(2.0, plot * (to - from) / x_.end * 0.2);
  const double at = left + plot * from / x_.end + gap / 2;
  const double size = (height - top - bottom) * std::clamp(value / y_.end, 0.0, 1.0);
  body_ += "<rect class=\"bar " + std::string(style) + "\" x=\"" + fixed(at) + "\" y=\"" +
           fixed(height - bottom - size) + "\" width=\"" +
           fixed(std::max(0.5, plot * (to - from) / x_.end - gap)) + "\" height=\"" + fixed(size) +
           "\"><title>" + html_text(what) + "</title></rect>\n";
}

void svg_plot::mark(double at, std::string_view what) {
  body_ += "<line class=\"mark\" x1=\"" + x(at) + "\" x2=\"" + x(at) + "\" y1=\"" + fixed(top) + "\" y2=\"" +
           fixed(height - bottom) + "\"><title>" + html_text(what) + "</title></line>\n";
}

std::string svg_plot::str() const {
  return head_ + body_ + "</svg>\n";
}

std::string svg_plot::x(double value) const {
  return fixed(left + (width - left - right) * std::clamp(value / x_.end, 0.0, 1.0));
}

std::string svg_plot::y(double value) const {
  return fixed(height - bottom - (height - top - bottom) * std::clamp(value / y_.end, 0.0, 1.0));
}

std::string svg_plot::path(const points& through, bool stepped) const {
  std::string d = "M" + x(through.front().first) + " " + y(through.front().second);
  for (std::size_t i = 1; i < through.size(); ++i)
    d += (stepped ? "H" + x(through[i].first) + "V" : "L" + x(through[i].first) + " ") + y(through[i].second);
  return d;
}

}  // namespace mux::inline v0::muxctl
