#include "codec/number.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <system_error>

namespace mux::inline v0::codec {
namespace {

constexpr int max_digits = 19;                        // always fit 64 bits
constexpr std::int64_t max_exponent = 1'000'000'000;  // beyond any double, and sums of it do not overflow

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Gathers the significant digits of a long number. Zeros are kept back until a later digit needs them, so
// that 1.000 and 1e3 are exact however many zeros they have.
class digits {
 public:
  explicit digits(number& out) : out_(out) {}

  void add(char c) {
    if (c == '0') {
      ++zeros_;
      return;
    }
    if (out_.mantissa != 0)
      for (; zeros_ > 0; --zeros_) push(0);
    zeros_ = 0;
    push(static_cast<unsigned>(c - '0'));
  }
  // Zeros that no later digit needed.
  [[nodiscard]] std::int64_t zeros() const { return out_.mantissa == 0 ? 0 : zeros_; }
  [[nodiscard]] std::int64_t dropped() const { return dropped_; }

 private:
  void push(unsigned digit) {
    if (count_ == max_digits) {
      out_.exact = false;
      ++dropped_;
      return;
    }
    ++count_;
    out_.mantissa = out_.mantissa * 10 + digit;
  }

  number& out_;
  std::int64_t zeros_ = 0;
  std::int64_t dropped_ = 0;
  int count_ = 0;
};

constexpr std::array<double, 23> powers = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                           1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                           1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

}  // namespace

const char* scan_number(const char* p, number& out) noexcept {
  out = number{};
  if (*p == '-') {
    out.negative = true;
    ++p;
  }
  const char* const first = p;
  if (!is_digit(*p)) return nullptr;
  if (*p == '0' && is_digit(p[1])) return nullptr;
  std::uint64_t mantissa = 0;
  for (; is_digit(*p); ++p) mantissa = mantissa * 10 + static_cast<unsigned>(*p - '0');
  auto count = p - first;
  std::int64_t behind_point = 0;
  if (*p == '.') {
    const char* const point = p++;
    for (; is_digit(*p); ++p) mantissa = mantissa * 10 + static_cast<unsigned>(*p - '0');
    behind_point = p - point - 1;
    if (behind_point == 0) return nullptr;
    count += behind_point;
  }
  const char* const last_digit = p;
  std::int64_t exponent = 0;
  if (*p == 'e' || *p == 'E') {
    ++p;
    const bool negative = *p == '-';
    if (*p == '-' || *p == '+') ++p;
    if (!is_digit(*p)) return nullptr;
    for (; is_digit(*p); ++p) exponent = std::min(exponent * 10 + (*p - '0'), max_exponent);
    if (negative) exponent = -exponent;
  }
  exponent -= behind_point;
  if (count <= max_digits) {
    out.mantissa = mantissa;
    out.exponent = exponent;
    return p;
  }
  digits all(out);
  for (const char* d = first; d != last_digit; ++d)
    if (*d != '.') all.add(*d);
  out.exponent = exponent + all.zeros() + all.dropped();
  return p;
}

conversion to_int64(const number& n, std::int64_t& out) noexcept {
  if (!n.exact) return n.exponent > 0 ? conversion::out_of_range : conversion::not_integral;
  std::uint64_t value = n.mantissa;
  std::int64_t exponent = value == 0 ? 0 : n.exponent;
  for (; exponent < 0 && value % 10 == 0; ++exponent) value /= 10;
  if (exponent < 0) return conversion::not_integral;
  if (exponent > max_digits) return conversion::out_of_range;
  for (; exponent > 0; --exponent)
    if (__builtin_mul_overflow(value, std::uint64_t{10}, &value)) return conversion::out_of_range;
  const std::uint64_t most = std::uint64_t{1} << 63;
  if (value > most || (value == most && !n.negative)) return conversion::out_of_range;
  out = static_cast<std::int64_t>(n.negative ? 0 - value : value);
  return conversion::done;
}

conversion to_double(const number& n, std::string_view text, double& out) noexcept {
  // A mantissa below 2^53 and a power up to 10^22 are both exact doubles, so one rounding gives the nearest
  // one.
  if (n.exact && n.mantissa < (std::uint64_t{1} << 53) && n.exponent >= -22 && n.exponent <= 22) {
    double value = static_cast<double>(n.mantissa);
    if (n.exponent < 0)
      value /= powers[static_cast<std::size_t>(-n.exponent)];
    else
      value *= powers[static_cast<std::size_t>(n.exponent)];
    out = n.negative ? -value : value;
    return conversion::done;
  }
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (fault == std::errc{}) return conversion::done;
  // from_chars does not say which end of the range was left; 19 digits cannot overflow without a positive
  // exponent.
  if (n.exponent > 0) return conversion::out_of_range;
  out = n.negative ? -0.0 : 0.0;
  return conversion::done;
}

bool parse_int64(std::string_view text, std::int64_t& out) noexcept {
  if (text.empty()) return false;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), out);
  return fault == std::errc{} && end == text.data() + text.size();
}

}  // namespace mux::inline v0::codec
