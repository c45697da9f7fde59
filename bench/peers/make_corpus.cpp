// make_corpus FOLDER PAGES: the files of a server that lists PAGES pages of 100 assets, chained by cursors.
//   FOLDER/pages/first.json, FOLDER/pages/CURSOR.json     answers of GET /video/v1/assets
//   FOLDER/video/v1/assets/ID                             one asset; its id is printed

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>

#include "corpus.hpp"

namespace {

constexpr std::string_view cursor_member = R"({"next_cursor":")";
constexpr std::size_t cursor_length = 44;
constexpr std::size_t assets_a_page = 100;

void write(const std::filesystem::path& file, std::string_view text) {
  std::ofstream out(file, std::ios::binary);
  out << text;
  if (!out.flush()) throw std::runtime_error(file.string() + ": cannot be written");
}

std::string id_of(std::string_view asset) {
  constexpr std::string_view before = R"("ingest_type":"on_demand_url","id":")";
  const std::size_t at = asset.find(before) + before.size();
  return std::string(asset.substr(at, asset.find('"', at) - at));
}

}  // namespace

int main(int count, char** arguments) try {
  if (count != 3) {
    std::cerr << "usage: make_corpus FOLDER PAGES\n";
    return 2;
  }
  const std::filesystem::path folder = arguments[1];
  const int pages = std::atoi(arguments[2]);
  std::filesystem::create_directories(folder / "pages");
  std::filesystem::create_directories(folder / "video/v1/assets");

  bench::corpus corpus;
  std::string name = "first";
  for (int i = 1; i <= pages; ++i) {
    std::string text = corpus.page(assets_a_page);
    const std::string cursor = text.substr(cursor_member.size(), cursor_length);
    if (i == pages) text.replace(cursor_member.size() - 1, cursor_length + 2, "null");
    write(folder / "pages" / (name + ".json"), text);
    name = cursor;
  }
  const std::string asset = corpus.asset();
  write(folder / "video/v1/assets" / id_of(asset), R"({"data":)" + asset + '}');
  std::cout << id_of(asset) << '\n';
} catch (const std::exception& e) {
  std::cerr << "make_corpus: " << e.what() << '\n';
  return 1;
}
