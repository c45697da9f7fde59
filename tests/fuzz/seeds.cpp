// What the fuzzers begin with, one file an input, in FOLDER/answer and FOLDER/json.

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "corpus.hpp"
#include "unit/transport/sound_answers.hpp"

namespace {

void write_all(const std::filesystem::path& folder, const std::vector<std::string>& texts,
               std::string_view behind) {
  std::filesystem::create_directories(folder);
  int number = 0;
  for (const std::string& text : texts)
    std::ofstream(folder / std::to_string(number++), std::ios::binary) << text << behind;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return std::fputs("usage: fuzz_seeds FOLDER\n", stderr), 2;
  const std::filesystem::path folder = arguments[1];
  using namespace std::string_view_literals;
  write_all(folder / "answer", mux::test::sound_answers(), "\0\0\0\1"sv);  // byte by byte, an orderly end
  bench::corpus made_up;
  write_all(
      folder / "json",
      {made_up.page(0), made_up.page(1), made_up.page(2),
       R"({"error":{"type":"invalid_parameters","messages":["Failed to fetch input URL","and \u00e9"]}})",
       R"({"errors":["Too many requests, retry later."]})",
       R"({"error":{"type":"not_found","message":"no such job"}})", R"({"code":5,"message":"not found"})"},
      "");
}
