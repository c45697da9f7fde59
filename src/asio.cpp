// The bodies of Boost.Asio.
#include <boost/asio/impl/src.hpp>
