#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <sqlite3.h>

namespace mux::inline v0::ingest {

/// A failed SQLite call; thrown inside the journal only, which turns it into an `ingest::error`.
struct sqlite_failure {
  int code;  ///< extended result code
  std::string text;
};

/// One connection; throws `sqlite_failure`.
class database {
 public:
  /// Opens an existing file for reading and writing.
  explicit database(const std::string& file);
  /// Opens an existing file that nobody writes to, without making any other file beside it.
  [[nodiscard]] static database at_rest(const std::string& file);
  /// Whether closing the last connection moves the write-ahead log into the file and removes it: yes by
  /// default.
  void tidy_on_close(bool tidy) noexcept;
  void run(const char* sql);
  /// Rows that the last statement changed.
  [[nodiscard]] int changes() const noexcept { return sqlite3_changes(handle_.get()); }
  [[nodiscard]] std::int64_t last_id() const noexcept { return sqlite3_last_insert_rowid(handle_.get()); }
  [[nodiscard]] sqlite3* handle() const noexcept { return handle_.get(); }

 private:
  database(const std::string& name, int flags);

  struct closer {
    void operator()(sqlite3* handle) const noexcept { sqlite3_close_v2(handle); }
  };
  std::unique_ptr<sqlite3, closer> handle_;
};

/// A prepared statement. `bind` in the order of its parameters, `step` row by row; `reset` begins anew.
class statement {
 public:
  statement(const database& db, const char* sql);

  statement& bind(std::int64_t value);
  statement& bind(double value);
  statement& bind(std::string_view text);
  statement& bind(std::span<const unsigned char> blob);
  statement& bind_null();
  /// Null for nothing and for the empty text.
  statement& bind_given(std::string_view text) { return text.empty() ? bind_null() : bind(text); }
  statement& bind(std::optional<std::int64_t> value) { return value ? bind(*value) : bind_null(); }

  /// True if there is a row.
  bool step();
  /// Runs it to its end and makes it ready for the next use.
  void finish();
  void reset() noexcept;

  [[nodiscard]] std::int64_t integer(int column) const noexcept;
  [[nodiscard]] double real(int column) const noexcept;
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] bool is_null(int column) const noexcept;

 private:
  void check(int code) const;

  struct finalizer {
    void operator()(sqlite3_stmt* handle) const noexcept { sqlite3_finalize(handle); }
  };
  std::unique_ptr<sqlite3_stmt, finalizer> handle_;
  int next_ = 1;
};

/// Rolls back unless it was committed.
class transaction {
 public:
  explicit transaction(database& db);
  transaction(const transaction&) = delete;
  transaction& operator=(const transaction&) = delete;
  ~transaction();
  void commit();

 private:
  database& db_;
  bool open_ = true;
};

}  // namespace mux::inline v0::ingest
