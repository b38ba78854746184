//! Tests the client against a server that sends exact bytes, valid or not.

use super::*;
use std::net::TcpListener;
use std::thread;

/// Starts a server that sends each of these responses to one request of one connection, and returns
/// the requests.
fn start_server(responses: &'static [&'static str]) -> (Site, thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = thread::spawn(move || {
        let mut stream = BufReader::new(listener.accept().unwrap().0);
        let mut received = Vec::new();
        for response in responses {
            let mut head = Vec::new();
            read_head(&mut stream, &mut head).unwrap();
            let (length, mut body) = (length(&head), Vec::new());
            read_exactly(&mut stream, length, &mut body).unwrap();
            head.extend(body);
            received.push(String::from_utf8(head).unwrap());
            stream.get_mut().write_all(response.as_bytes()).unwrap();
        }
        received
    });
    (Site::new("a.localhost", port), server)
}

fn length(head: &[u8]) -> usize {
    let head = std::str::from_utf8(head).unwrap();
    let value = head
        .lines()
        .find_map(|line| line.strip_prefix("Content-Length: "));
    value.map_or(0, |value| value.parse().unwrap())
}

#[test]
fn one_connection_carries_every_kind_of_response() {
    let (site, server) = start_server(&[
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhedge",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhed\r\n4;x=y\r\ngero\r\n1\r\nw\r\n0\r\n\r\n",
        "HTTP/1.1 204 No Content\r\nx-a: 1\r\nX-A: 2\r\n\r\n",
        "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}",
    ]);
    let mut connection = site.connect().unwrap();
    let get = Request::get("/c/weavers?page=2").header("Cookie", "hedgerow=k");
    assert_eq!(connection.send(&get).unwrap().text(), "hedge");
    assert_eq!(connection.send(&get).unwrap().text(), "hedgerow");
    let empty = connection.send(&Request::new("PUT", "/x")).unwrap();
    assert_eq!((empty.status, empty.header("X-a")), (204, Some("1")));
    let form = Request::new("POST", "/sign-in").form(&[("handle", "ann"), ("password", "é &=")]);
    assert_eq!(connection.send(&form).unwrap().status, 201);

    let received = server.join().unwrap();
    let host = site.host();
    assert_eq!(
        received[0],
        format!("GET /c/weavers?page=2 HTTP/1.1\r\nHost: {host}\r\nCookie: hedgerow=k\r\n")
    );
    assert!(received[2].ends_with("Content-Length: 0\r\n"));
    assert!(received[3].ends_with("Content-Length: 35\r\nhandle=ann&password=%C3%A9%20%26%3D"));
}

#[test]
fn an_invalid_response_is_an_error() {
    for response in [
        "",
        "SSH-2.0-OpenSSH\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\nand so on",
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhed",
        "HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nabc\r\n",
    ] {
        let responses: &'static [&'static str] = Box::leak(Box::new([response]));
        let (site, server) = start_server(responses);
        let received = site.connect().unwrap().send(&Request::get("/"));
        assert!(received.is_err(), "{response:?}");
        server.join().unwrap();
    }
}
