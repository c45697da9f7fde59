#include "codec/number.hpp"

#include <cmath>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>

#include <gtest/gtest.h>

namespace mux::inline v0::codec {
namespace {

struct reading {
  conversion how;
  std::int64_t value;
};

reading integer(const std::string& text) {
  number n;
  EXPECT_EQ(scan_number(text.c_str(), n), text.c_str() + text.size()) << text;
  std::int64_t value = 0;
  const conversion how = to_int64(n, value);
  return {how, value};
}

double real(const std::string& text, conversion expected = conversion::done) {
  number n;
  EXPECT_EQ(scan_number(text.c_str(), n), text.c_str() + text.size()) << text;
  double value = 0;
  EXPECT_EQ(to_double(n, text, value), expected) << text;
  return value;
}

TEST(number, is_an_integer_in_every_form_that_is_one) {
  for (const auto& [text, value] : std::initializer_list<std::pair<const char*, std::int64_t>>{
           {"0", 0},
           {"-0", 0},
           {"7", 7},
           {"1.0", 1},
           {"1.000000000000000000000000000000", 1},
           {"1e3", 1000},
           {"1.5e1", 15},
           {"1200e-2", 12},
           {"0e999999999999", 0},
           {"0.0", 0},
           {"100000000000000000000000e-20", 1000},
           {"9223372036854775807", std::numeric_limits<std::int64_t>::max()},
           {"-9223372036854775808", std::numeric_limits<std::int64_t>::min()},
           {"9223372036854775807.0", std::numeric_limits<std::int64_t>::max()}}) {
    const reading r = integer(text);
    EXPECT_EQ(r.how, conversion::done) << text;
    EXPECT_EQ(r.value, value) << text;
  }
}

TEST(number, is_no_integer_beyond_64_bits) {
  for (const auto* text : {"9223372036854775808", "-9223372036854775809", "18446744073709551616", "1e19",
                           "1e999999999", "12345678901234567890123", "99999999999999999999999999999999"})
    EXPECT_EQ(integer(text).how, conversion::out_of_range) << text;
}

TEST(number, is_no_integer_with_a_fraction) {
  for (const auto* text : {"0.5", "1.0001", "1e-1", "15e-1", "1.00000000000000000000000001", "1e-999999999"})
    EXPECT_EQ(integer(text).how, conversion::not_integral) << text;
}

TEST(number, is_the_nearest_double) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 20'000; ++i) {
    std::string text = (random() % 2 ? "-" : "") + std::to_string(random() >> (random() % 64));
    if (random() % 2) text += '.' + std::to_string(random() >> (random() % 64));
    if (random() % 3 == 0) text += "e" + std::to_string(static_cast<int>(random() % 600) - 300);
    const double expected = std::strtod(text.c_str(), nullptr);
    if (!std::isfinite(expected)) continue;
    EXPECT_EQ(real(text), expected) << text;
  }
}

TEST(number, keeps_the_sign_of_zero) {
  EXPECT_TRUE(std::signbit(real("-0.0")));
  EXPECT_FALSE(std::signbit(real("0")));
}

TEST(number, is_zero_if_too_small_and_out_of_range_if_too_large) {
  EXPECT_EQ(real("1e-400"), 0);
  EXPECT_EQ(real("123.456e-789"), 0);
  EXPECT_EQ(real("-1e-99999999999"), 0);
  EXPECT_EQ(real("0." + std::string(400, '0') + "1"), 0);
  EXPECT_EQ(real("5e-324"), 5e-324);
  EXPECT_EQ(real("1.7976931348623157e308"), std::numeric_limits<double>::max());
  real("1e309", conversion::out_of_range);
  real("-1e99999999999", conversion::out_of_range);
  real("1" + std::string(400, '0'), conversion::out_of_range);
  EXPECT_EQ(real("1" + std::string(400, '0') + "e-400"), 1);
}

// With enough behind it to be read the quick way.
std::string wide(const std::string& text) {
  return text + std::string(32, ',');
}

TEST(number, is_the_same_the_quick_way) {
  std::mt19937_64 random(5);
  for (int i = 0; i < 50'000; ++i) {
    const std::string digits = std::to_string(random()).substr(0, 1 + random() % 20);
    std::int64_t value = -1;
    const bool quick = quick_digits(wide(digits).c_str(), digits.size(), value);
    EXPECT_EQ(quick, digits.size() <= 16) << digits;
    if (quick) {
      EXPECT_EQ(value, std::strtoll(digits.c_str(), nullptr, 10)) << digits;
    }
    const std::string behind = std::to_string(random()).substr(0, 1 + random() % 10);
    const std::string text = digits + '.' + behind;
    double real_value = -1;
    const bool known = quick_decimal(wide(text).c_str(), text.size(), real_value);
    EXPECT_EQ(known, digits.size() <= 8 && behind.size() <= 7 && (digits[0] != '0' || digits == "0")) << text;
    if (known) {
      EXPECT_EQ(real_value, std::strtod(text.c_str(), nullptr)) << text;
    }
  }
}

TEST(number, is_left_to_the_long_way_in_other_forms) {
  std::int64_t value = 0;
  for (const std::string text : {"", "-1", "+1", "1x", "x1", "12345678x", "1234567890123456x", "1 ", " 1"})
    EXPECT_FALSE(quick_digits(wide(text).c_str(), text.size(), value)) << text;
  double real_value = 0;
  for (const std::string text : {"", "-1", "01", "00", "01.5", "1.", ".5", "1.x", "1.5x", "1e5", "1.5e5",
                                 "1..5", "123456789", "1.12345678", "1,5"})
    EXPECT_FALSE(quick_decimal(wide(text).c_str(), text.size(), real_value)) << text;
  EXPECT_TRUE(quick_decimal(wide("12345678").c_str(), 8, real_value));
  EXPECT_EQ(real_value, 12345678);
}

TEST(number, is_digits_only_where_digits_are_asked) {
  std::int64_t value = 0;
  EXPECT_TRUE(parse_int64("1700000000", value));
  EXPECT_EQ(value, 1700000000);
  EXPECT_TRUE(parse_int64("-5", value));
  EXPECT_EQ(value, -5);
  for (const auto* text : {"", "-", "+1", " 1", "1 ", "1.0", "1e3", "0x1", "9223372036854775808"})
    EXPECT_FALSE(parse_int64(text, value)) << text;
}

}  // namespace
}  // namespace mux::inline v0::codec
