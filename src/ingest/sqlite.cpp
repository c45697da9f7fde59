#include "ingest/sqlite.hpp"

#include <filesystem>
#include <new>

namespace mux::inline v0::ingest {
namespace {

[[noreturn]] void fail(sqlite3* handle, int code) {
  if (handle == nullptr) throw std::bad_alloc();
  throw sqlite_failure{code, sqlite3_errmsg(handle)};
}

// As the path of a `file:` address.
std::string escaped(const std::string& path) {
  constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (c != '%' && c != '?' && c != '#') {
      out += c;
    } else {
      out += '%';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
  }
  return out;
}

}  // namespace

database::database(const std::string& file) : database(file, SQLITE_OPEN_READWRITE) {}

database database::at_rest(const std::string& file) {
  return database("file://" + escaped(std::filesystem::absolute(file).string()) + "?immutable=1",
                  SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
}

database::database(const std::string& name, int flags) {
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(name.c_str(), &opened, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  handle_.reset(opened);
  if (opened != nullptr) sqlite3_extended_result_codes(opened, 1);
  if (code != SQLITE_OK) fail(opened, code);
  // Owner and onlookers of a journal meet for moments only.
  sqlite3_busy_timeout(opened, 5000);
}

void database::tidy_on_close(bool tidy) noexcept {
  sqlite3_db_config(handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, tidy ? 0 : 1, nullptr);
}

void database::run(const char* sql) {
  if (const int code = sqlite3_exec(handle(), sql, nullptr, nullptr, nullptr); code != SQLITE_OK)
    fail(handle(), code);
}

statement::statement(const database& db, const char* sql) {
  sqlite3_stmt* made = nullptr;
  const int code = sqlite3_prepare_v3(db.handle(), sql, -1, SQLITE_PREPARE_PERSISTENT, &made, nullptr);
  if (code != SQLITE_OK) fail(db.handle(), code);
  handle_.reset(made);
}

void statement::check(int code) const {
  if (code != SQLITE_OK) fail(sqlite3_db_handle(handle_.get()), code);
}

statement& statement::bind(std::int64_t value) {
  check(sqlite3_bind_int64(handle_.get(), next_++, value));
  return *this;
}

statement& statement::bind(double value) {
  check(sqlite3_bind_double(handle_.get(), next_++, value));
  return *this;
}

// Bound text and blobs live until the statement is stepped, so SQLite need not copy them.
statement& statement::bind(std::string_view text) {
  check(sqlite3_bind_text64(handle_.get(), next_++, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8));
  return *this;
}

statement& statement::bind(std::span<const unsigned char> blob) {
  check(sqlite3_bind_blob64(handle_.get(), next_++, blob.data(), blob.size(), SQLITE_STATIC));
  return *this;
}

statement& statement::bind_null() {
  check(sqlite3_bind_null(handle_.get(), next_++));
  return *this;
}

bool statement::step() {
  const int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  const sqlite_failure failure{code, sqlite3_errmsg(sqlite3_db_handle(handle_.get()))};
  reset();
  throw failure;
}

void statement::finish() {
  while (step()) {
  }
  reset();
}

void statement::reset() noexcept {
  sqlite3_reset(handle_.get());
  sqlite3_clear_bindings(handle_.get());
  next_ = 1;
}

std::int64_t statement::integer(int column) const noexcept {
  return sqlite3_column_int64(handle_.get(), column);
}

double statement::real(int column) const noexcept {
  return sqlite3_column_double(handle_.get(), column);
}

std::string statement::text(int column) const {
  const auto* const bytes = reinterpret_cast<const char*>(sqlite3_column_text(handle_.get(), column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column));
  return bytes == nullptr ? std::string() : std::string(bytes, size);
}

bool statement::is_null(int column) const noexcept {
  return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL;
}

transaction::transaction(database& db) : db_(db) {
  db_.run("BEGIN IMMEDIATE");
}

transaction::~transaction() {
  // A failed commit may have rolled back by itself; there is nothing to do about a failure here.
  if (open_ && sqlite3_get_autocommit(db_.handle()) == 0)
    sqlite3_exec(db_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void transaction::commit() {
  db_.run("COMMIT");
  open_ = false;
}

}  // namespace mux::inline v0::ingest
