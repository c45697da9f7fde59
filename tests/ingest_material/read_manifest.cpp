// read_manifest cells FILE SEPARATOR: the cells of each CSV record; read_manifest titles FILE: the titles of
// each row of a manifest. One JSON array a line.

#include <fstream>
#include <iostream>
#include <string>

#include <mux/ingest/manifest.hpp>

#include "codec/codec.hpp"
#include "ingest/csv.hpp"

namespace {

int print_cells(const char* file, char separator) {
  std::ifstream input(file, std::ios::binary);
  mux::ingest::byte_source source(input);
  mux::ingest::csv_reader reader(source, separator);
  for (mux::ingest::text_record record; reader.next(record);) {
    std::string line;
    for (const mux::ingest::record_cell& cell : record.cells) {
      line += line.empty() ? '[' : ',';
      mux::codec::write_string(cell.text, line);
    }
    std::cout << line << "]\n";
    for (const mux::ingest::manifest_fault& fault : record.faults)
      std::cerr << to_string(fault, file) << '\n';
    if (!record.faults.empty()) return 1;
  }
  return 0;
}

int print_titles(const char* file) {
  auto reader = mux::ingest::manifest_reader::open(file);
  if (!reader) return 1;
  while (const auto row = reader->next()) {
    std::string line = "[";
    mux::codec::write_string(row->title, line);
    std::cout << line << "]\n";
  }
  for (const mux::ingest::manifest_fault& fault : reader->faults())
    std::cerr << to_string(fault, file) << '\n';
  return reader->fault_count() == 0 ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
  const std::string what = count > 2 ? arguments[1] : "";
  if (what == "cells" && count == 4) return print_cells(arguments[2], *arguments[3]);
  if (what == "titles") return print_titles(arguments[2]);
  return 2;
}
