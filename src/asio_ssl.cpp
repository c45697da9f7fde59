// The bodies of Boost.Asio's SSL part.
#include <boost/asio/ssl/impl/src.hpp>
