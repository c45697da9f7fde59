// What is JSON and what is not, whether it is read or skipped.

#include <cstring>
#include <random>
#include <string>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "unit/codec/models.hpp"

namespace mux::inline v0::sample {
namespace {

bool parses(std::string_view text) {
  return json::parse(text).has_value();
}

// As the value of a member that is described as raw text, and of one that nobody knows.
bool parses_inside(const std::string& value) {
  const bool read = codec::read<plain>("{\"rest\":" + value + '}').has_value();
  const bool skipped = codec::read<plain>("{\"unknown\":" + value + '}').has_value();
  EXPECT_EQ(read, skipped) << value;
  return read;
}

TEST(json_syntax, accepts_what_the_grammar_allows) {
  using namespace std::literals;
  const std::string_view texts[] = {"null",
                                    "true",
                                    "false",
                                    "0",
                                    "-0",
                                    "-0.0",
                                    "1e5",
                                    "1E+5",
                                    "1.5e-5",
                                    "123456789012345678901234567890",
                                    "1e999999",
                                    "\"\"",
                                    "\"a\"",
                                    "\" \\\" \\\\ \\/ \\b\\f\\n\\r\\t\\u0000\\uFFFF \"",
                                    "\"\\ud800\"",
                                    "\"\x7f\"",
                                    "\"\xc2\x80\"",
                                    "\"\xf4\x8f\xbf\xbf\"",
                                    "\"\xe2\x80\xa8\"",
                                    "[]",
                                    "{}",
                                    "[ ]",
                                    "{ }",
                                    "[1]",
                                    "[1,2]",
                                    "[[],[[]]]",
                                    "{\"a\":1}",
                                    "{\"\":0}",
                                    "{\"a\":{\"a\":{}}}",
                                    "{\"a\":1,\"a\":2}",
                                    "\t\n\r [ \t\n\r1 \t\n\r, \t\n\r2 \t\n\r] \t\n\r",
                                    "{\"a\" : [ true , false , null ] }",
                                    "[\"a\",\"b\"]",
                                    "[1.0e+00]",
                                    "[-1]",
                                    "[0.1]",
                                    "[1e-1]",
                                    "[\"\\\\\"]",
                                    "[\"\\\\\\\"]\"]",
                                    "{\"a:b,c{d}e[f]\":\":,{}[]\"}"};
  for (const auto text : texts) {
    EXPECT_TRUE(parses(text)) << text;
    EXPECT_TRUE(parses_inside(std::string(text))) << text;
  }
}

TEST(json_syntax, refuses_what_the_grammar_does_not_allow) {
  using namespace std::literals;
  const std::string_view texts[] = {
      // literals
      "nul", "nulll", "tru", "truee", "True", "falsy", "fals", "NaN", "Infinity", "-Infinity", "undefined",
      "nan", "true1", "true\"\"", "null0", "[nul]", "[true false]", "{\"a\":tru}", "[t]", "[n]", "[f]",
      "[truth]", "'a'",
      // numbers
      "+1", "01", "-01", "-", "--1", "1.", ".1", "-.1", "1.e1", "1e", "1e+", "1e-", "1ee1", "1e1.5", "0x10",
      "1_000", "1,000", "1 000", "00", "-00", "2.e3", "0e", "0e+", "1a", "1\"a\"", "[1-2]", "[-]", "[1+2]",
      "[1.2.3]", "1/2", "\xef\xbc\x91", "[1\x0c]", "[1\x1a]", "[1\0]"sv,
      // strings
      "\"", "\"a", "a\"", "\"a\"b", "\"a\"\"b\"", "\"\\\"", "\"\\x\"", "\"\\a\"", "\"\\'\"", "\"\\0\"",
      "\"\\u\"", "\"\\u1\"", "\"\\u12\"", "\"\\u123\"", "\"\\u123g\"", "\"\\U0041\"", "\"\\ud83d\\u\"",
      "\"\\ud83d\\ude0\"", "\"\n\"", "\"\t\"", "\"\x1f\"", "\"\0\""sv, "\"\x80\"", "\"\xc0\x80\"", "\"\xc3\"",
      "\"\xed\xa0\x80\"", "\"\xf4\x90\x80\x80\"", "\"\xf8\x88\x80\x80\x80\"", "\"\xff\"", "\"\xe2\x82\"",
      "[\"\\\"]",
      // arrays
      "[", "]", "[1", "1]", "[1,", "[,", "[,1]", "[1,]", "[1,,2]", "[1;2]", "[1:2]", "[\"a\":1]", "[[]",
      "[]]", "[}", "[1}", "[1]]", "[] []", "[1],", ",[1]", "[1]x", "[][", "[\"a\" \"b\"]", "[{]}", "[(1)]",
      "[1, // c\n 2]",
      // objects
      "{", "}", "{]", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{,\"a\":1}", "{\"a\"}",
      "{\"a\",1}", "{\"a\" 1}", "{\"a\"::1}", "{\"a\":1:2}", "{\"a\":1 \"b\":2}", "{\"a\":1,,\"b\":2}",
      "{a:1}", "{'a':1}", "{1:1}", "{null:1}", "{\"a\":}", "{:1}", "{\"a\":1]", "{{}}", "{[]:1}",
      "{\"a\":1}}", "{}{}", "{} x", "{\"\\x\":1}", "{\"a\":1/*c*/}", "{\"a\\\":1}", "{\"x\", \"y\"}",
      "{\"a\"\"b\":1}", "{\"a\":\"b\"\"c\"}",
      // nothing, rubbish, odd white space
      "", " ", "\n", "\0"sv, "{}\0"sv, "\0{}"sv, "[]\x0b", "\x0c[]", "\xc2\xa0[]", "[\xe2\x81\xa0]",
      "\xef\xbb\xbf", "\xef\xbb", "<html>", "abc", "//", "#", "[\x80]", "\xff\xfe[\0]\0"sv};
  for (const auto text : texts) EXPECT_FALSE(parses(text)) << text;
}

TEST(json_syntax, refuses_broken_values_inside_too) {
  for (const auto* text : {"nul",   "truee",   "01",          "1.",   "-",       "1e",         ".5",
                           "+1",    "\"\\x\"", "\"\\u12g4\"", "[1,]", "[,]",     "{\"a\"}",    "{\"a\":1,}",
                           "{a:1}", "[1 2]",   "{\"\\x\":1}", "",     "tru\"\"", "1\"\"",      "}",
                           "]",     "[}",      "{]",          ":",    ",",       "[{\"a\":[}]"})
    EXPECT_FALSE(parses_inside(text)) << text;
}

TEST(json_syntax, refuses_every_true_prefix_of_a_document) {
  const std::string text =
      R"({"flag":true,"count":-42,"ratio":2.5e1,"text":"h\u00e9\n","at":"17","tone":"light","inner":{"id":"x","width":3},)"
      R"("numbers":[1,2],"labels":{"b":"2"},"form":{"kind":"square","side":4},"rest":{"any":[1,null,{"x":"\\"}]},"u":[[]]})";
  ASSERT_TRUE(codec::read<plain>(text).has_value());
  for (std::size_t n = 0; n < text.size(); ++n) {
    // A copy of exact length, so that a sanitizer sees a read behind it.
    const std::vector<char> cut(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(n));
    const std::string_view view(cut.data(), cut.size());
    const auto got = codec::read<plain>(view);
    ASSERT_FALSE(got.has_value()) << n;
    EXPECT_EQ(got.error().code, errc::not_json) << n;
    EXPECT_FALSE(parses(view)) << n;
  }
}

TEST(json_syntax, accepts_documents_of_every_alignment_and_length) {
  // The scanner works in blocks of 64 bytes: strings, escapes and brackets fall on every place of a block.
  for (std::size_t pad = 0; pad < 200; ++pad) {
    const std::string inside(pad, 'x');
    const std::string text =
        "{\"id\":\"" + inside + "\\\\\\\"\\u0041\",\"width\":" + std::to_string(pad) + "}";
    const auto got = codec::read<leaf>(text);
    ASSERT_TRUE(got.has_value()) << pad;
    EXPECT_EQ(got->id, inside + "\\\"A");
    EXPECT_EQ(got->width, static_cast<std::int64_t>(pad));
    const std::string spaced = std::string(pad, ' ') + "{" + std::string(pad, '\n') + "\"id\"" +
                               std::string(pad, '\t') + ":" + std::string(pad, '\r') + "\"a\"" +
                               std::string(pad, ' ') + "}" + std::string(pad, ' ');
    EXPECT_EQ(codec::read<leaf>(spaced).value().id, "a") << pad;
  }
}

// Memory whose last byte is followed by a page that must not be touched.
class guarded {
 public:
  explicit guarded(std::string_view text) : page_(static_cast<std::size_t>(sysconf(_SC_PAGESIZE))) {
    used_ = (text.size() / page_ + 1) * page_;
    base_ = static_cast<char*>(
        mmap(nullptr, used_ + page_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    EXPECT_NE(base_, MAP_FAILED);
    EXPECT_EQ(mprotect(base_ + used_, page_, PROT_NONE), 0);
    text_ = {base_ + used_ - text.size(), text.size()};
    std::memcpy(base_ + used_ - text.size(), text.data(), text.size());
  }
  ~guarded() { munmap(base_, used_ + page_); }
  guarded(const guarded&) = delete;
  guarded& operator=(const guarded&) = delete;
  [[nodiscard]] std::string_view text() const { return text_; }

 private:
  std::size_t page_, used_ = 0;
  char* base_ = nullptr;
  std::string_view text_;
};

TEST(json_syntax, reads_nothing_behind_the_text) {
  for (std::size_t pad = 0; pad < 140; ++pad)
    for (const std::string& text :
         {"{\"id\":\"" + std::string(pad, 'a') + "\"}", "[" + std::string(pad, ' ') + "1]",
          std::string(pad, '[') + "]", std::string(pad + 1, '7'), "\"" + std::string(pad, 'b') + "\"",
          "{\"id\":" + std::string(pad, ' ') + "tr}", std::string(pad, ' ') + "{\"width\":1}",
          std::string(pad, ' ') + "tru", std::string(pad, ' ') + "[\"\\\"]"}) {
      const guarded g(text);
      (void)json::parse(g.text());
      (void)codec::read<leaf>(g.text());
    }
}

TEST(json_syntax, gives_the_value_without_the_space_around_it) {
  EXPECT_EQ(json::parse(" { \"a\" : 1 } \n").value().text, "{ \"a\" : 1 }");
  EXPECT_EQ(json::parse("\xef\xbb\xbf 1.50 ").value().text, "1.50");
  EXPECT_EQ(json::parse("[1,").error().code, errc::not_json);
  EXPECT_EQ(json::parse(std::string(65, '[') + std::string(65, ']')).error().code, errc::not_json);
}

// A document built of everything that can stand in one.
std::string random_document(std::mt19937_64& random, int depth) {
  const auto below = [&](std::uint64_t n) { return random() % n; };
  const auto space = [&] { return std::string(below(8) == 0 ? below(3) : 0, " \n\t\r"[below(4)]); };
  const auto text = [&] {
    static const char* const parts[] = {"a",        "bc", "\\n", "\\\"", "\\\\", "\\u00e9", "\\ud83d\\ude00",
                                        "\xc3\xa9", "{",  "]",   ",",    ":"};
    std::string s = "\"";
    for (auto n = below(6); n > 0; --n) s += parts[below(12)];
    return s + '"';
  };
  switch (below(depth > 4 ? 6 : 9)) {
    case 0:
      return "null";
    case 1:
      return below(2) ? "true" : "false";
    case 2:
      return std::to_string(static_cast<std::int64_t>(random()) >> below(64));
    case 3:
      return std::to_string(below(1000)) + '.' + std::to_string(below(1000)) + (below(2) ? "e-7" : "E+07");
    case 4:
    case 5:
      return text();
    case 6:
    case 7: {
      std::string s = "{" + space();
      for (auto n = below(5); n > 0; --n) {
        s += text() + space() + ':' + space() + random_document(random, depth + 1) + space();
        if (n > 1) s += ',' + space();
      }
      return s + '}';
    }
    default: {
      std::string s = "[" + space();
      for (auto n = below(5); n > 0; --n) {
        s += random_document(random, depth + 1) + space();
        if (n > 1) s += ',' + space();
      }
      return s + ']';
    }
  }
}

void mutate(std::string& text, std::mt19937_64& random) {
  static constexpr std::string_view bytes =
      "{}[]:,\"\\ \n0123456789.eE+-truefalsn\x01\x0c\x1a\x7f\x80\xc3\xa9\xff\xed\xa0u";
  for (auto n = 1 + random() % 3; n > 0 && !text.empty(); --n) {
    const std::size_t at = random() % text.size();
    switch (random() % 4) {
      case 0:
        text[at] = bytes[random() % bytes.size()];
        break;
      case 1:
        text.erase(at, 1 + random() % 3);
        break;
      case 2:
        text.insert(at, 1, bytes[random() % bytes.size()]);
        break;
      default:
        text.insert(at, text.substr(random() % text.size(), random() % 8));
        break;
    }
  }
}

// Three decisions differ by intent: lone surrogates and numbers beyond a double are read here.
bool judged_alike(std::string_view text) {
  try {
    const nlohmann::json other = nlohmann::json::parse(text);
    return !other.is_discarded() && parses(text);
  } catch (const nlohmann::json::out_of_range&) {
    return true;
  } catch (const nlohmann::json::parse_error& e) {
    return !parses(text) || std::strstr(e.what(), "surrogate") != nullptr;
  }
}

TEST(json_syntax, agrees_with_another_parser_on_mutated_documents) {
  std::mt19937_64 random(20240607);
  int refused = 0;
  for (int i = 0; i < 30'000; ++i) {
    std::string text = random_document(random, 0);
    ASSERT_TRUE(judged_alike(text)) << text;
    mutate(text, random);
    ASSERT_TRUE(judged_alike(text)) << text;
    refused += !parses(text);
  }
  EXPECT_GT(refused, 5'000);
}

TEST(json_syntax, judges_what_it_reads_as_what_it_skips) {
  // Mutants of a text whose members are all described: reading them must refuse whatever is not JSON.
  const std::string text =
      R"({"flag":true,"count":-42,"ratio":2.5e1,"text":"h\u00e9","at":"17","tone":"light","inner":{"id":"x","width":3},)"
      R"("numbers":[1,2],"labels":{"b":"2"},"form":{"kind":"square","side":4},"rest":{"any":[1,null]}})";
  std::mt19937_64 random(7);
  for (int i = 0; i < 30'000; ++i) {
    std::string mutant = text;
    mutate(mutant, random);
    const auto read = codec::read<plain>(mutant);
    const bool is_json = parses(mutant);
    const bool called_json = read.has_value() || read.error().code == errc::bad_response;
    ASSERT_EQ(called_json, is_json) << mutant;
  }
}

}  // namespace
}  // namespace mux::inline v0::sample
