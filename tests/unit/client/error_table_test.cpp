// The table of errors in README.md says what the code does.

#include <cctype>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <typeinfo>
#include <vector>

#include <boost/core/demangle.hpp>
#include <gtest/gtest.h>

#include "client/answer_error.hpp"

namespace {

using mux::errc;

struct row {
  std::vector<std::string> statuses;
  std::vector<std::string> codes;
  std::string exception;
};

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, at);) {
    std::string word;
    for (const char c : part)
      if (std::isspace(static_cast<unsigned char>(c)) == 0 && c != '`') word += c;
    parts.push_back(word);
  }
  return parts;
}

std::vector<std::string> words(const std::string& cell) {
  std::vector<std::string> found;
  for (std::string& word : split(cell, ','))
    if (!word.empty()) found.push_back(std::move(word));
  return found;
}

std::vector<row> table() {
  std::ifstream readme(MUX_SOURCE_DIR "/README.md");
  std::vector<row> rows;
  bool inside = false;
  for (std::string line; std::getline(readme, line);) {
    if (line == "<!-- end of errors -->") break;
    if (line == "<!-- errors -->") inside = true;
    if (!inside || line.rfind("| ", 0) != 0 || line.find("`errc`") != std::string::npos) continue;
    const std::vector<std::string> cells = split(line, '|');
    if (cells.size() > 4) rows.push_back({words(cells[1]), words(cells[3]), cells[4]});
  }
  return rows;
}

/// What is thrown for a code, without its namespace.
std::string thrown(errc code) {
  try {
    mux::throw_error(mux::error(code));
  } catch (const mux::request_failed& e) {
    const std::string name = boost::core::demangle(typeid(e).name());
    return name.substr(name.rfind(':') + 1);
  }
}

std::vector<errc> codes() {
  std::vector<errc> all;
  for (int code = 1; mux::to_string(static_cast<errc>(code)) != "unknown"; ++code)
    all.push_back(static_cast<errc>(code));
  return all;
}

/// Statuses that a cell's word stands for.
std::vector<int> statuses(const std::string& word) {
  if (word == "3xx") return {300, 301, 302, 307, 308};
  if (word == "5xx") return {501, 505, 520, 599};
  if (word == "other") return {402, 405, 410, 418, 451, 600};
  return {std::stoi(word)};
}

TEST(error_table, names_every_code_with_the_exception_that_is_thrown_for_it) {
  std::map<std::string, std::set<std::string>> named;
  for (const row& each : table())
    for (const std::string& code : each.codes) named[code].insert(each.exception);
  std::map<std::string, std::set<std::string>> real;
  for (const errc code : codes()) real[std::string(mux::to_string(code))] = {thrown(code)};
  EXPECT_EQ(named, real);
}

TEST(error_table, gives_each_status_the_code_that_an_answer_with_it_has) {
  const mux::operation& any = mux::operations().front();
  std::size_t seen = 0;
  for (const row& each : table()) {
    for (const std::string& word : each.statuses) {
      for (const int status : statuses(word)) {
        mux::transport::wire_response response;
        response.status = status;
        ASSERT_EQ(each.codes.size(), 1u) << word;
        EXPECT_EQ(mux::to_string(mux::client_detail::answer_error(any, response).code), each.codes[0])
            << status;
        ++seen;
      }
    }
  }
  EXPECT_GE(seen, 20u);
}

}  // namespace
