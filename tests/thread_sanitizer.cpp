// What ThreadSanitizer takes for races.
//
// OpenSSL comes without instrumentation: its locks and atomics are seen in part only, and what it compares
// under them (certificates that all connections share) or frees after the last reference (sessions) looks
// like a race. Its own accesses count for nothing therefore; ours do, also when it calls us.
//
// Asio counts the references to an executor that it keeps on the heap with a fence before the last one goes;
// ThreadSanitizer knows no fences.

extern "C" const char* __tsan_default_suppressions();

extern "C" const char* __tsan_default_suppressions() {
  return "called_from_lib:libcrypto.so.3\n"
         "called_from_lib:libssl.so.3\n"
         "race:boost::asio::execution::detail::shared_target_executor\n";
}
