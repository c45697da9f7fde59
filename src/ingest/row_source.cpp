#include "ingest/row_source.hpp"

#include <algorithm>
#include <utility>

#include "ingest/column_list.hpp"
#include "ingest/csv.hpp"
#include "ingest/file_list.hpp"
#include "ingest/text.hpp"

namespace mux::inline v0::ingest {
namespace {

const row_member& source_url = member_of(&manifest_row::url);
const row_member& source_file = member_of(&manifest_row::file);

bool same_letters(std::string_view text, std::string_view lower) noexcept {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

bool begins_with_url(std::string_view line) noexcept {
  return same_letters(line.substr(0, 7), "http://") || same_letters(line.substr(0, 8), "https://") ||
         line.starts_with("mux://");
}

class csv_rows final : public row_source {
 public:
  csv_rows(byte_source& source, char separator, row_builder& builder, const fault_sink& faults)
      : reader_(source, separator), builder_(builder) {
    bool good = true;
    const fault_sink note = [&](manifest_fault fault) {
      good = false;
      faults(std::move(fault));
    };
    if (!reader_.next(record_)) note(empty_manifest());
    for (const manifest_fault& fault : record_.faults) note(fault);
    if (good) columns_ = column_list(record_, note);
    ended_ = !good;
  }

  bool next(std::optional<manifest_row>& row) override {
    if (ended_ || !reader_.next(record_)) return false;
    row = columns_.read(record_, builder_);
    return true;
  }

 private:
  csv_reader reader_;
  row_builder& builder_;
  text_record record_;
  column_list columns_;
  bool ended_ = true;
};

class url_rows final : public row_source {
 public:
  url_rows(byte_source& source, row_builder& builder) : source_(source), builder_(builder) {}

  bool next(std::optional<manifest_row>& row) override {
    row.reset();
    if (!next_line(source_, record_)) return false;
    builder_.begin(record_);
    const bool comment = record_.cells.empty() || record_.cells[0].text.starts_with('#');
    if (!comment) builder_.add(source_url, record_.cells[0]);
    row = builder_.finish();
    return true;
  }

 private:
  byte_source& source_;
  row_builder& builder_;
  text_record record_;
};

class json_rows final : public row_source {
 public:
  json_rows(byte_source& source, row_builder& builder) : source_(source), builder_(builder) {}

  bool next(std::optional<manifest_row>& row) override {
    row.reset();
    if (!next_line(source_, record_)) return false;
    builder_.begin(record_);
    // Bytes that are no text could not be told from an escape that is wrong.
    if (builder_.good()) builder_.add_object(record_.cells[0]);
    row = builder_.finish();
    return true;
  }

 private:
  byte_source& source_;
  row_builder& builder_;
  text_record record_;
};

// Rows that are nothing but a file's path, which may be any bytes.
class file_row {
 public:
  explicit file_row(row_builder& builder) : builder_(builder) {}

  std::optional<manifest_row> make(std::string_view path, std::uint64_t line) {
    record_.begin({}, line);
    builder_.begin(record_);
    builder_.add(source_file, {path, 0, false});
    return builder_.finish();
  }

 private:
  row_builder& builder_;
  text_record record_;
};

class path_rows final : public row_source {
 public:
  path_rows(byte_source& source, row_builder& builder)
      : source_(source),
        rows_(builder),
        end_(source.ahead().find('\0') == std::string_view::npos ? '\n' : '\0') {}

  bool next(std::optional<manifest_row>& row) override {
    row.reset();
    std::size_t end = source_.ahead().find(end_);
    while (end == std::string_view::npos && source_.ahead().size() <= max_record_bytes && source_.more())
      end = source_.ahead().find(end_);
    const std::string_view path = source_.ahead().substr(0, end);
    if (path.empty() && end != 0) return false;
    row = rows_.make(path, ++line_);
    source_.consume(std::min(path.size() + 1, source_.ahead().size()));
    return true;
  }

 private:
  byte_source& source_;
  file_row rows_;
  char end_;
  std::uint64_t line_ = 0;
};

class listed_rows final : public row_source {
 public:
  listed_rows(const std::vector<std::string>& arguments, row_builder& builder, const fault_sink& faults)
      : faults_(faults), rows_(builder), files_(arguments, [this](std::string message, std::string expected) {
          note(std::move(message), std::move(expected));
        }) {}

  bool next(std::optional<manifest_row>& row) override {
    row.reset();
    const std::optional<std::string> path = files_.next();
    if (!path) {
      if (line_ == 0 && good_) note("there is no file to upload", "a file that is not hidden");
      return false;
    }
    row = rows_.make(*path, ++line_);
    return true;
  }

 private:
  void note(std::string message, std::string expected) {
    good_ = false;
    faults_(make_fault({line_ + 1, 1}, std::move(message), std::move(expected)));
  }

  fault_sink faults_;
  file_row rows_;
  std::uint64_t line_ = 0;
  bool good_ = true;
  file_list files_;
};

}  // namespace

manifest_fault empty_manifest() {
  return make_fault({}, "the manifest is empty", "a header row with the column url, or one URL a line");
}

std::unique_ptr<row_source> read_csv(byte_source& source, char separator, row_builder& builder,
                                     const fault_sink& faults) {
  return std::make_unique<csv_rows>(source, separator, builder, faults);
}

std::unique_ptr<row_source> read_urls(byte_source& source, row_builder& builder) {
  return std::make_unique<url_rows>(source, builder);
}

std::unique_ptr<row_source> read_json_lines(byte_source& source, row_builder& builder) {
  return std::make_unique<json_rows>(source, builder);
}

std::unique_ptr<row_source> read_paths(byte_source& source, row_builder& builder) {
  return std::make_unique<path_rows>(source, builder);
}

std::unique_ptr<row_source> list_files(const std::vector<std::string>& arguments, row_builder& builder,
                                       const fault_sink& faults) {
  return std::make_unique<listed_rows>(arguments, builder, faults);
}

manifest_format recognise(const std::string& name, std::string_view text) noexcept {
  const auto ends_in = [&](std::string_view extension) {
    return name.size() >= extension.size() &&
           same_letters(std::string_view(name).substr(name.size() - extension.size()), extension);
  };
  if (ends_in(".csv")) return manifest_format::csv;
  if (ends_in(".tsv")) return manifest_format::tsv;
  if (ends_in(".jsonl") || ends_in(".ndjson")) return manifest_format::json_lines;
  // The first line that is neither blank nor a comment decides.
  for (;;) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    if (text.empty() || begins_with_url(text)) return manifest_format::url_list;
    if (!text.starts_with('#')) break;
    text.remove_prefix(std::min(text.find('\n'), text.size()));
  }
  if (text.starts_with('{')) return manifest_format::json_lines;
  const std::string_view header = text.substr(0, text.find('\n'));
  return header.find('\t') == header.npos ? manifest_format::csv : manifest_format::tsv;
}

std::optional<manifest_fault> check_encoding(std::string_view text) {
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))
    return make_fault({}, "the manifest is in UTF-16", "UTF-8, as iconv -f UTF-16 -t UTF-8 makes it");
  const std::size_t alone = text.find('\r');
  if (alone == text.npos || alone + 1 == text.size() || text.find('\n') != text.npos) return std::nullopt;
  return make_fault({1, 1 + code_points(text.substr(0, alone))}, "the lines end in CR alone", "LF or CRLF");
}

}  // namespace mux::inline v0::ingest
